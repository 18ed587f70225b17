"""The stage that compiles PHP's extensions and lets Composer install the app."""

import re
from collections.abc import Iterable

from wizard.generate.commands import split
from wizard.generate.notebook import Notebook
from wizard.generate.php_package import LOCK, MANIFEST, PhpPackage
from wizard.generate.recipe import APP, Packages, Stage, copy, run
from wizard.generate.tables.php_releases import EXTENSIONS
from wizard.model.files import Evidence, Line

_FROZEN = re.compile(r"\bartisan\s+(config:cache|optimize(?!:clear))\b|\bcache:warmup\b")
_DATABASE = re.compile(r"\bmigrate\b|\bdb:seed\b|doctrine:(migrations|schema|fixtures)|\bphinx\b")
_EVENTS = ("pre-install-cmd", "post-autoload-dump", "post-install-cmd")
_INSTALL = "composer install --no-dev --prefer-dist --no-interaction"
_FOLDERS = (
    "bootstrap/cache", "storage/framework/cache/data", "storage/framework/sessions",
    "storage/framework/views", "storage/logs",
)  # fmt: skip


def php_stage(book: Notebook, package: PhpPackage, image: str, front_end: bool) -> Stage:
    """Extensions, packages, the code, and Composer's scripts in the buildpack's order."""
    base = Line(
        text=f"FROM {image} AS build",
        rule="F01",
        evidence=package.version.evidence,
        confidence=package.version.confidence,
    )
    stage = Stage(name="build", base=base)
    php_system(package, stage.packages, 0)
    place = Evidence(path=MANIFEST, fact="is installed by Composer")
    if package.composer:
        stage.packages.add(("git", "unzip"), place)
    stage.tools += compiled(package, package.extensions if package.copied else package.required)
    if package.composer:
        text = "COPY --from=composer:2 /usr/bin/composer /usr/bin/composer"
        stage.tools.append(Line(text=text, rule="F55", evidence=(place,)))
        stage.environment.append(Line(text="ENV COMPOSER_ALLOW_SUPERUSER=1", rule="F07"))
        _install(book, package, stage)
    if front_end:
        stage.source.append(Line(text=f"COPY --from=assets {APP} ./", rule="F30"))
    elif not package.manifest.paths:
        stage.source.append(copy(["."], "./", "F05"))
    if book.has("artisan"):
        made = f"mkdir -p {' '.join(_FOLDERS)}"
        seen = Evidence(path="artisan", fact="is Laravel's")
        stage.build.append(run([made], "F61", seen))
    if package.composer:
        stage.build += _scripts(book, package)
    stage.prune.append(run(["rm -rf .aptible.env .git"], "F03"))
    return stage


def php_system(package: PhpPackage, packages: Packages, which: int) -> None:
    """Debian packages of the extensions: `which` 0 for building, 1 for running."""
    for name, evidence in package.extensions.items():
        wanted = EXTENSIONS[name]
        packages.add((wanted.build, wanted.run)[which], *evidence)


def vendor_stage(book: Notebook, package: PhpPackage, evidence: Evidence) -> Stage:
    """Packages alone, for a front end whose build reads files of theirs."""
    stage = Stage(name="vendor", base=Line(text="FROM composer:2 AS vendor", rule="F30"))
    private = _private(book, package)
    names = [MANIFEST, *([LOCK] if package.locked else [])]
    names += [".aptible.env*"] if private else []
    stage.manifests.append(copy(names, "./", "F05", evidence))
    words = f"{_INSTALL} --no-scripts --no-autoloader --ignore-platform-reqs"
    stage.install.append(run([words], "F30", evidence, *private, configured=bool(private)))
    return stage


def compiled(package: PhpPackage, wanted: Iterable[str]) -> list[Line]:
    """How these extensions get into an image."""
    names = {name: package.extensions[name] for name in wanted}
    own = [name for name in names if not EXTENSIONS[name].pecl]
    pecl = [EXTENSIONS[name].pecl for name in names if EXTENSIONS[name].pecl]
    found = []
    if own:
        steps = [
            f"docker-php-ext-configure {name} {EXTENSIONS[name].configure}"
            for name in own
            if EXTENSIONS[name].configure
        ]
        steps.append(f"docker-php-ext-install -j2 {' '.join(own)}")
        evidence = [place for name in own for place in names[name]]
        found.append(run(steps, "F56", *evidence))
    if pecl:
        evidence = [place for name in names if EXTENSIONS[name].pecl for place in names[name]]
        joined = " ".join(pecl)
        found.append(
            run([f"pecl install {joined}", f"docker-php-ext-enable {joined}"], "F56", *evidence)
        )
    return found


def _private(book: Notebook, package: PhpPackage) -> tuple[Evidence, ...]:
    """Where packages come from that only a login can fetch."""
    found = []
    if "COMPOSER_AUTH" in book.known.variables:
        found.append(Evidence(path="inventory", fact="COMPOSER_AUTH is set"))
    if package.manifest.private:
        fact = "a package repository of one's own"
        found.append(Evidence(path=MANIFEST, line=package.manifest.private, fact=fact))
    return tuple(found)


def _install(book: Notebook, package: PhpPackage, stage: Stage) -> None:
    private = _private(book, package)
    names = [MANIFEST, *book.present(LOCK, "symfony.lock")]
    names += [".aptible.env*"] if private else []
    seen = [Evidence(path=name, fact="is there") for name in names if "*" not in name]
    if package.manifest.paths:
        # Packages that lie in the repository have to be there when they are installed.
        fact = f"installs from {package.manifest.paths[0]}"[:80]
        stage.manifests.append(copy(["."], "./", "F06", Evidence(path=MANIFEST, fact=fact)))
    else:
        stage.manifests.append(copy(names, "./", "F05", *seen))
    words = f"{_INSTALL} --no-scripts --no-autoloader"
    rule = "F11" if private else "F07"
    stage.install.append(run([words], rule, *seen[-1:], *private, configured=bool(private)))


def _scripts(book: Notebook, package: PhpPackage) -> list[Line]:
    """Composer's own events and `compile`, without what freezes values or needs a database."""
    manifest = package.manifest
    found, spoiled = [], []
    for event in _EVENTS:
        commands = manifest.scripts.get(event, ())
        if any(_FROZEN.search(c) or _DATABASE.search(c) for c in commands):
            spoiled.append(event)
    place = Evidence(path=MANIFEST, fact="scripts run behind the install")
    if spoiled:
        found.append(run(["composer dump-autoload --no-dev --optimize --no-scripts"], "F60", place))
        for event in _EVENTS:
            found += _one_by_one(book, package, event)
    else:
        found.append(run([f"{_INSTALL} --optimize-autoloader"], "F60", place))
    if "compile" in manifest.scripts:
        commands = manifest.scripts["compile"]
        at = manifest.script_lines.get("compile", 0)
        seen = Evidence(path=MANIFEST, line=at, fact="script compile")
        if any(_FROZEN.search(c) or _DATABASE.search(c) for c in commands):
            found += _one_by_one(book, package, "compile")
        else:
            found.append(run(["composer run-script --no-dev compile"], "F08", seen))
    return found


def _one_by_one(book: Notebook, package: PhpPackage, event: str) -> list[Line]:
    manifest = package.manifest
    place = Evidence(
        path=MANIFEST, line=manifest.script_lines.get(event, 0), fact=f"script {event}"
    )
    steps = []
    for command in manifest.scripts.get(event, ()):
        for part, _ in split(command):
            plain = _plain(part)
            if _FROZEN.search(plain):
                book.warn(
                    "config-cache",
                    f"“{plain[:80]}” at build would freeze the configuration of the build: it is "
                    "left out",
                    "run it before the server in the Procfile's web line, if you want its speed",
                    place,
                )
            elif _DATABASE.search(plain):
                book.hooks.append((plain, place))
                book.warn(
                    "not-at-build",
                    f"“{plain[:80]}” was part of {event}; Aptible builds without a database",
                    "it moves to before_deploy in .aptible.yml",
                    place,
                )
            elif plain:
                steps.append(plain)
    return [run(steps, "F60", place)] if steps else []


def _plain(command: str) -> str:
    """A step of a composer script as a command of its own."""
    if command.startswith("@php "):
        return command[1:]
    if command.startswith("@composer "):
        return command[1:]
    if command.startswith("@putenv "):
        return f"export {command.removeprefix('@putenv ')}"
    if command.startswith("@"):
        return f"composer run-script --no-dev {command[1:]}"
    if re.fullmatch(r"[\w\\]+::\w+", command):
        # A PHP callback can only be called by Composer itself.
        return ""
    return command
