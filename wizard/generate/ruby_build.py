"""The stage that installs a Ruby app's gems, with the compilers and libraries they need."""

from wizard.generate.notebook import Notebook
from wizard.generate.recipe import APP, Packages, Stage, copy, run
from wizard.generate.ruby_package import RubyPackage
from wizard.generate.ruby_sources import GemAccess, gem_access
from wizard.generate.ruby_version import GEMFILE, LOCK, base_line
from wizard.generate.tables.ruby import (
    BINARY_OF,
    BUNDLER_OF_RUBY,
    COMPILED,
    GEMS,
    LAST_BUNDLER,
)
from wizard.model.files import Evidence, Line

BUNDLE = "/usr/local/bundle"


def ruby_stage(book: Notebook, package: RubyPackage) -> Stage | None:
    """Install, then the code; the build steps are added by whoever knows them."""
    access = gem_access(book, package)
    if access is None:
        return None
    stage = Stage(name="build", base=base_line(package.version, "build"))
    place = Evidence(path=LOCK, fact=f"holds {len(package.installed)} gems for production")
    stage.packages.add(("build-essential", "pkg-config"), place)
    system(book, package, stage.packages, 0)
    if access.from_git:
        stage.packages.add(("ca-certificates", "git"), *access.from_git)
    stage.environment += [
        Line(text=f"ENV {name}={value}", rule=rule)
        for name, value, rule in bundle_environment(package)
    ]
    stage.tools += bundler(package)
    everything = _everything_first(package)
    if everything:
        stage.manifests.append(copy(["."], "./", "F06", *everything))
    else:
        stage.manifests += _manifests(book, package, access)
    stage.manifests.append(_install(package, access))
    if not everything:
        stage.source.append(copy(["."], "./", "F05"))
    return stage


def bundle_environment(package: RubyPackage) -> list[tuple[str, str, str]]:
    """What both stages set: name, value, rule."""
    rails = [("RAILS_ENV", "production", "F12")] if package.rails > (0, 0) else []
    return [
        *rails,
        ("RACK_ENV", "production", "F12"),
        ("BUNDLE_DEPLOYMENT", "1", "F07"),
        ("BUNDLE_PATH", BUNDLE, "F38"),
        ("BUNDLE_WITHOUT", "development:test", "F12"),
    ]


def path_of(package: RubyPackage) -> str:
    """Folders of programs that Heroku put first: the app's own, then those of the gems."""
    major, minor = package.version.line
    return f"{APP}/bin:{BUNDLE}/ruby/{major}.{minor}.0/bin"


def system(book: Notebook, package: RubyPackage, packages: Packages, which: int) -> None:
    """Debian packages of production's gems: `which` 0 for building, 1 for running."""
    # Bundler compiles gems that the running app never loads.
    gems = package.gems if which else package.installed
    for name, gem in gems.items():
        found = GEMS.get(name)
        if name in COMPILED and not any("linux" in platform for platform in gem.platforms):
            found = COMPILED[name]
        binary = BINARY_OF.get(name)
        if found is None or (binary and any(other.startswith(binary) for other in gems)):
            continue
        packages.add(found[which], package.place(name))
    for folder, _ in package.folders:
        place = _lists_files_by_git(book, folder)
        if place is not None:
            packages.add(("git",), place)
    schema = _dumps_schema(book) if which and "pg" in package.gems else None
    if schema is not None:
        packages.add(("postgresql-client",), schema)


def bundler(package: RubyPackage) -> list[Line]:
    """Bundler as the lock wants it, where the image brings another major."""
    wanted, line = package.lock.bundler, package.version.line
    major = int(wanted.partition(".")[0]) if wanted else 0
    here = BUNDLER_OF_RUBY.get(line, 0 if line < (3, 0) else 4)
    # Bundler 1 starts under no Ruby from 3.2 on; the newer one reads its locks.
    if not wanted or major == here or (major == 1 and line >= (3, 2)):
        return []
    newest = LAST_BUNDLER.get(line, "")
    version = newest if newest and _numbers(wanted) > _numbers(newest) else wanted
    place = Evidence(path=LOCK, line=package.lock.bundler_line, fact=f"bundled with {wanted}")
    text = f"RUN gem install bundler --version {version} --no-document"
    return [Line(text=text, rule="F07", evidence=(place,))]


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _everything_first(package: RubyPackage) -> list[Evidence]:
    """Why all of the code has to be there before gems are installed."""
    found = [
        Evidence(path=LOCK, line=line, fact="the app itself is a gem")
        for folder, line in package.folders
        if folder == "."
    ]
    if package.gemfile.looks_around:
        fact = "looks at other files"
        found.append(Evidence(path=GEMFILE, line=package.gemfile.looks_around, fact=fact))
    return found


def _manifests(book: Notebook, package: RubyPackage, access: GemAccess) -> list[Line]:
    root = [GEMFILE, LOCK, *(path for path in package.manifests if "/" not in path)]
    seen = (Evidence(path=path, fact="is read by Bundler") for path in root)
    extra = [".aptible.env*"] if access.configured else []
    lines = [copy([*root, *extra], "./", "F05", *seen)]
    folders = dict(package.folders)
    for path in package.manifests:
        folder = path.rpartition("/")[0]
        if folder and not any(path.startswith(f"{known}/") for known in folders):
            place = Evidence(path=path, fact="is read by Bundler")
            lines.append(copy([path], f"./{folder}/", "F05", place))
    if any(entry.path.startswith("vendor/cache/") for entry in book.view.entries()):
        place = Evidence(path="vendor/cache", fact="holds gems")
        lines.append(copy(["vendor/cache/"], "./vendor/cache/", "F05", place))
    for folder, line in folders.items():
        place = Evidence(path=LOCK, line=line, fact=f"takes a gem from {folder}")
        lines.append(copy([f"{folder}/"], f"./{folder}/", "F05", place))
    return lines


def _install(package: RubyPackage, access: GemAccess) -> Line:
    place = Evidence(path=LOCK, fact="is installed from")
    steps = [*access.commands, "bundle install"]
    # Git keeps the address it cloned from, with a token in it when there was one.
    trash = [f"{BUNDLE}/ruby/*/cache"]
    if access.from_git:
        trash.append(f"{BUNDLE}/ruby/*/bundler/gems/*/.git")
    steps.append(f"rm -rf {' '.join(trash)}")
    rule = "F11" if access.configured else "F07"
    return run(steps, rule, place, *access.configured, configured=bool(access.configured))


def _lists_files_by_git(book: Notebook, folder: str) -> Evidence | None:
    """A gem of the repository whose gemspec runs git: it is read again whenever the app starts."""
    prefix = "" if folder == "." else f"{folder}/"
    for entry in book.view.entries():
        name = entry.path.removeprefix(prefix)
        if entry.path.startswith(prefix) and name.endswith(".gemspec") and "/" not in name:
            for number, row in enumerate(book.text(entry.path).split("\n"), 1):
                if "git ls-files" in row and not row.lstrip().startswith("#"):
                    return Evidence(path=entry.path, line=number, fact="lists its files by git")
    return None


def _dumps_schema(book: Notebook) -> Evidence | None:
    """db:migrate writes db/structure.sql with pg_dump, unless production says it shall not."""
    production = book.text("config/environments/production.rb")
    if not book.has("db/structure.sql") or "dump_schema_after_migration = false" in production:
        return None
    return Evidence(path="db/structure.sql", fact="is written by pg_dump")
