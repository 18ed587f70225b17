"""A Ruby app's Dockerfile: gems and assets built in one stage, run from another."""

from wizard.generate.detect import Detection
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import APP, Recipe, run
from wizard.generate.ruby_assets import precompile
from wizard.generate.ruby_build import (
    BUNDLE,
    bundle_environment,
    path_of,
    ruby_stage,
    system,
)
from wizard.generate.ruby_checks import check_ruby
from wizard.generate.ruby_front import add_front_end, add_javascript, needs_front_end
from wizard.generate.ruby_package import RubyPackage, read_ruby_package
from wizard.generate.ruby_start import as_started, with_web
from wizard.generate.ruby_version import base_line
from wizard.generate.scan import Scan
from wizard.generate.tables.ruby import BROWSERS
from wizard.model.files import Line

_UID = 1000
_WRITTEN = ("log", "storage", "tmp/pids")


def ruby_recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    """The Dockerfile's parts and the process types as they should run."""
    package = read_ruby_package(book)
    if package is None:
        return None, lines
    lines = tuple(as_started(book, package, line) for line in with_web(book, package, lines))
    stage = ruby_stage(book, package)
    check_ruby(book, package, lines)
    if stage is None:
        return None, lines
    recipe = Recipe(stages=[stage], base=base_line(package.version), uid=_UID)
    why, front = needs_front_end(book, package, detection, lines), None
    if why:
        added = add_front_end(book, scan, package, detection, lines, stage, why)
        if added is None:
            return None, lines
        recipe.stages.insert(0, added[0])
        front = added[1]
    stage.build += precompile(book, scan, package, front)
    stage.build.append(run([f"mkdir -p {' '.join(_WRITTEN)}"], "F75"))
    trash = [".aptible.env", ".git", "tmp/cache/assets"]
    if front is not None and not front.stays:
        trash += ["node_modules", "tmp/cache/webpacker", "tmp/cache/vite"]
    stage.prune.append(run([f"rm -rf {' '.join(trash)}"], "F03"))
    system(book, package, recipe.packages, 1)
    steps = [
        f"useradd --uid {_UID} --create-home --shell /bin/sh app",
        f"chown {_UID}:{_UID} {APP}",
    ]
    recipe.user.append(run(steps, "F13"))
    recipe.copies += [
        Line(text=f"COPY --from=build {BUNDLE} {BUNDLE}", rule="F38"),
        Line(text=f"COPY --from=build --chown={_UID}:{_UID} {APP} ./", rule="F03"),
    ]
    add_javascript(package, recipe, front)
    _environment(book, package, recipe)
    return recipe, lines


def _environment(book: Notebook, package: RubyPackage, recipe: Recipe) -> None:
    """What the buildpack set silently."""
    for name, value, rule in bundle_environment(package):
        recipe.env(name, value, rule)
    recipe.env("LANG", "C.UTF-8", "F12")
    recipe.env("MALLOC_ARENA_MAX", "2", "F12")
    recipe.env("PATH", f"{path_of(package)}:$PATH", "F12")
    if package.rails >= (4, 2):
        recipe.env("RAILS_SERVE_STATIC_FILES", "enabled", "F12", package.place("railties"))
    if package.rails >= (5, 0):
        recipe.env("RAILS_LOG_TO_STDOUT", "enabled", "F12", package.place("railties"))
    if "puma" in package.gems:
        recipe.env("PUMA_PERSISTENT_TIMEOUT", "95", "F12", package.place("puma"))
    browser = package.has(*sorted(BROWSERS))
    if browser:
        book.warn(
            "chromium",
            "Chromium runs without rights here: it must be started with --no-sandbox",
            "pass --no-sandbox to it, and the path /usr/bin/chromium",
            package.place(browser),
        )
