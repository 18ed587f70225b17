"""A PHP app's Dockerfile: Apache, or nginx with FPM, as its Procfile names them."""

import re

from wizard.generate.detect import Detection
from wizard.generate.front_end import assets_stage
from wizard.generate.notebook import Notebook
from wizard.generate.php_build import compiled, php_stage, php_system, vendor_stage
from wizard.generate.php_package import PhpPackage, read_php_package
from wizard.generate.php_processes import without_one_offs
from wizard.generate.php_web import (
    APACHE_FILE,
    FPM_FILE,
    INI_FILE,
    PhpWeb,
    php_web,
    server_files,
    start_command,
)
from wizard.generate.processes import ProcessLine, with_hooks
from wizard.generate.recipe import APP, Recipe, Stage, copy, run
from wizard.generate.scan import Scan
from wizard.model.files import Evidence, Line

_UID = 33
_EXTENSIONS = "/usr/local/lib/php/extensions"
_SETTINGS = "/usr/local/etc/php/conf.d"
_FRONT = re.compile(
    r"(?:vite|webpack|tailwind|postcss)[\w.-]*\.(?:m?[jt]s|cjs)$|^resources/(?:js|css|sass|ts)/"
)


def php_recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    """The Dockerfile's parts and the process types as they should run."""
    lines = without_one_offs(book, lines)
    package = read_php_package(book, lines)
    assets = assets_stage(book, scan, detection.helpers)
    line = next((line for line in lines if line.name == "web" and line.kept), None)
    only_workers = line is None and any(one.kept for one in lines)
    web = _no_web(lines) if only_workers else php_web(book, line, _root(book))
    if package is None or web is None:
        return None, lines
    image = package.version.image(web.kind)
    stage = php_stage(book, package, image, front_end=assets is not None)
    lines = _served(with_hooks(book, lines), line, web, only_workers)
    recipe = Recipe(
        stages=_stages(book, package, assets, stage),
        base=Line(
            text=f"FROM {image}",
            rule="F01",
            evidence=package.version.evidence,
            confidence=package.version.confidence,
        ),
        uid=_UID,
        image_entrypoint=True,
    )
    php_system(package, recipe.packages, 1)
    recipe.files += server_files(book, web)
    names = [file.path for file in recipe.files]
    stage.source.append(copy(names, "./", "F57", web.evidence))
    _final(book, package, recipe, web)
    return recipe, lines


def _root(book: Notebook) -> str:
    """The folder that a framework serves; the root for anything else, as on Heroku."""
    for sign in ("artisan", "bin/console", "symfony.lock"):
        if book.has(sign) and book.has("public/index.php"):
            return "public"
    return "web" if book.has("yii") and book.has("web/index.php") else ""


def _no_web(lines: tuple[ProcessLine, ...]) -> PhpWeb:
    place = next(line.evidence for line in lines if line.kept)
    return PhpWeb(kind="cli", command="", evidence=place)


def _served(
    lines: tuple[ProcessLine, ...], line: ProcessLine | None, web: PhpWeb, only_workers: bool
) -> tuple[ProcessLine, ...]:
    if only_workers:
        return lines
    command = start_command(web)
    if line is None:
        return (*lines, ProcessLine(name="web", command=command, evidence=web.evidence))
    return tuple(
        one.model_copy(update={"command": command}) if one.name == "web" else one for one in lines
    )


def _stages(book: Notebook, package: PhpPackage, assets: Stage | None, stage: Stage) -> list[Stage]:
    if assets is None:
        return [stage]
    reads = _reads_vendor(book) if package.composer else None
    if reads is None:
        return [assets, stage]
    text = f"COPY --from=vendor {APP}/vendor ./vendor"
    assets.source.append(Line(text=text, rule="F30", evidence=(reads,)))
    return [vendor_stage(book, package, reads), assets, stage]


def _reads_vendor(book: Notebook) -> Evidence | None:
    """Where the front end's build reads files of Composer's packages."""
    for entry in book.view.entries():
        if not _FRONT.search(entry.path):
            continue
        match = re.search(r"['\"(/]vendor/[\w-]+/", book.text(entry.path))
        if match:
            line = book.text(entry.path).count("\n", 0, match.start()) + 1
            return Evidence(path=entry.path, line=line, fact="reads vendor/")
    return None


def _final(book: Notebook, package: PhpPackage, recipe: Recipe, web: PhpWeb) -> None:
    places = [place for found in package.extensions.values() for place in found]
    if not package.copied:
        recipe.tools += compiled(package, package.extensions)
    else:
        for folder in (_EXTENSIONS, _SETTINGS):
            text = f"COPY --from=build {folder} {folder}"
            recipe.copies.append(Line(text=text, rule="F56", evidence=tuple(places)))
    text = f"COPY --from=build {APP}/{INI_FILE} {_SETTINGS}/zz-app.ini"
    recipe.copies.append(Line(text=text, rule="F57", evidence=(web.evidence,)))
    if web.ini:
        text = f"COPY --from=build {APP}/{web.ini} {_SETTINGS}/zzz-own.ini"
        recipe.copies.append(Line(text=text, rule="F57", evidence=(web.evidence,)))
    if web.kind == "apache":
        steps = [
            "a2enmod expires headers rewrite",
            "a2disconf other-vhosts-access-log",
            "truncate -s 0 /etc/apache2/ports.conf",
        ]
        recipe.tools.append(run(steps, "F57", web.evidence))
        text = f"COPY --from=build {APP}/{APACHE_FILE} /etc/apache2/sites-enabled/000-default.conf"
        recipe.copies.append(Line(text=text, rule="F57", evidence=(web.evidence,)))
        _warn_of_fpm(book, web)
    if web.kind == "fpm":
        recipe.packages.add(("gettext-base", "nginx-light"), web.evidence)
        text = f"COPY --from=build {APP}/{FPM_FILE} /usr/local/etc/php-fpm.d/zz-app.conf"
        recipe.copies.append(Line(text=text, rule="F57", evidence=(web.evidence,)))
    recipe.user.append(Line(text=f"RUN chown {_UID}:{_UID} {APP}", rule="F13"))
    text = f"COPY --from=build --chown={_UID}:{_UID} {APP} ./"
    recipe.copies.append(Line(text=text, rule="F03"))
    if web.kind != "cli":
        root = f"{APP}/{web.root}".rstrip("/")
        recipe.env("DOCUMENT_ROOT", root, "F63", web.evidence)
        recipe.env("WEB_CONCURRENCY", "8", "F12", web.evidence, confidence="likely")
        book.note(
            "web-concurrency",
            "Heroku counted PHP's processes from the dyno's memory; nobody does now: 8 is set",
            "set WEB_CONCURRENCY in the configuration for other containers (MB / 128)",
            web.evidence,
        )
    if book.has("artisan"):
        place = Evidence(path="artisan", fact="is Laravel's")
        book.note(
            "config-cache",
            "artisan config:cache is not run at build: it would freeze the build's configuration",
            "",
            place,
        )


def _warn_of_fpm(book: Notebook, web: PhpWeb) -> None:
    if web.fpm:
        book.warn(
            "php-fpm-settings",
            f"{web.fpm} was for FPM; PHP runs inside Apache here and does not read it",
            f"move its php_value and php_admin_value lines to {INI_FILE}",
            Evidence(path=web.fpm, fact="is there"),
        )
    if web.conf and "fcgi" in book.text(web.conf):
        book.warn(
            "php-server-config",
            f"{web.conf} hands requests to FPM; PHP runs inside Apache here",
            "remove those lines",
            Evidence(path=web.conf, fact="names fcgi"),
        )
