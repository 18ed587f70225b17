"""A PHP app as it is: its version of PHP, its extensions, what Composer installs."""

import re

from wizard.formats.composer import (
    ComposerJson,
    ComposerLock,
    ComposerNeed,
    read_composer_json,
    read_composer_lock,
)
from wizard.formats.composer_range import allows
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.tables.php_releases import (
    DATABASE_PACKAGES,
    EXTENSIONS,
    IN_IMAGE,
    PHP,
    PHP_DEFAULT,
    SILENT,
)
from wizard.model.files import Confidence, Evidence
from wizard.model.frozen import Frozen

MANIFEST = "composer.json"
LOCK = "composer.lock"
_OLD_NAMES = {"zend-opcache": "opcache", "pdo-mysql": "pdo_mysql", "pdo-pgsql": "pdo_pgsql"}
_OPCACHE_INSIDE = (8, 5)
_FTP_INSIDE = (8, 4)
"""From here on opcache is part of PHP; up to here FTP is part of the image."""
_APART = re.compile(r"(^|/)(vendor|node_modules|tests?|storage|public/build)/")
_MOST_FILES = 4_000


class PhpVersion(Frozen):
    """The minor release, the Debian of its image, and why it is this one."""

    minor: tuple[int, int]
    debian: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence = "certain"

    def image(self, kind: str) -> str:
        """The official image of this kind: apache, fpm or cli."""
        return f"php:{self.minor[0]}.{self.minor[1]}-{kind}-{self.debian}"


class PhpPackage(Frozen):
    """`extensions`: name → why, without those that every image has. `locked`: a lock is there."""

    manifest: ComposerJson
    lock: ComposerLock
    version: PhpVersion
    extensions: dict[str, tuple[Evidence, ...]]
    composer: bool = True
    locked: bool = True

    @property
    def copied(self) -> bool:
        """Whether extensions are built apart: some needs headers that the image shall not keep."""
        return any(EXTENSIONS[n].build or EXTENSIONS[n].pecl for n in self.extensions)

    @property
    def required(self) -> tuple[str, ...]:
        """The extensions that Composer looks for when it installs."""
        needs = {need.name for need in (*self.manifest.needs, *self.lock.platform)}
        return tuple(name for name in self.extensions if f"ext-{name}" in needs)

    def installed(self, name: str) -> bool:
        """Whether production has this package."""
        return name in self.lock.names or self.manifest.need(name) is not None


def read_php_package(book: Notebook, lines: tuple[ProcessLine, ...]) -> PhpPackage | None:
    """The app in the root; None when it is missing, broken, or a question stands in the way."""
    if not book.has(MANIFEST):
        return _without_composer(book, lines)
    manifest = book.parsed(MANIFEST, read_composer_json)
    lock = book.parsed(LOCK, read_composer_lock) if book.has(LOCK) else ComposerLock()
    if manifest is None or lock is None:
        return None
    locked = book.has(LOCK)
    packages = [n for n in manifest.needs if "/" in n.name]
    if packages and not locked:
        answer = book.ask(
            "php-no-lock",
            "there is no composer.lock: shall each build install the newest versions allowed?",
            "Heroku refuses to build without one; better: run `composer update` and commit it",
            choices=("install-newest",),
            found=(Evidence(path=MANIFEST, line=packages[0].line, fact=packages[0].name),),
        )
        if answer is None:
            return None
    version = _version(book, manifest, lock)
    extensions = _extensions(book, manifest, lock, lines)
    if version is None or extensions is None:
        return None
    if version.minor >= _OPCACHE_INSIDE:
        extensions.pop("opcache", None)
    if version.minor < _FTP_INSIDE:
        extensions.pop("ftp", None)
    return PhpPackage(
        manifest=manifest, lock=lock, version=version, extensions=extensions, locked=locked
    )


def _without_composer(book: Notebook, lines: tuple[ProcessLine, ...]) -> PhpPackage | None:
    if not book.has("index.php"):
        book.ask(
            "php-no-composer",
            "there is neither composer.json nor index.php in the root: where is the app?",
            "the buildpack builds what lies there; add a composer.json (it may be {}), or run "
            "moveday files --folder on the folder that holds the app",
        )
        return None
    place = Evidence(path="index.php", fact="is there, and no composer.json beside it")
    book.note(
        "php-version-missing",
        f"no version of PHP is named: {PHP_DEFAULT[0]}.{PHP_DEFAULT[1]} is taken",
        "ask the live app (`heroku run php --version`) and require it in a composer.json",
        place,
    )
    extensions = _extensions(book, ComposerJson(), ComposerLock(), lines)
    if extensions is None:
        return None
    version = PhpVersion(
        minor=PHP_DEFAULT,
        debian=PHP[PHP_DEFAULT][1],
        evidence=(place,),
        confidence="assumed",
    )
    return PhpPackage(
        manifest=ComposerJson(),
        lock=ComposerLock(),
        version=version,
        extensions=extensions,
        composer=False,
        locked=False,
    )


def _place(need: ComposerNeed) -> Evidence:
    """Where a requirement stands: a locked package's in the lock."""
    if need.by:
        fact = f"{need.by} requires {need.name} {need.constraint}"
        return Evidence(path=LOCK, line=need.line, fact=fact[:160])
    return Evidence(path=MANIFEST, line=need.line, fact=f"{need.name} {need.constraint}"[:160])


def _version(book: Notebook, manifest: ComposerJson, lock: ComposerLock) -> PhpVersion | None:
    """The newest release that the app and every locked package allow, as Composer decides."""
    own = manifest.need("php")
    needs = [*([own] if own else []), *(n for n in lock.platform if n.name == "php" and n.by)]
    readable = [n for n in needs if allows(n.constraint, 8, 1) is not None]
    for need in needs:
        if need not in readable:
            place = _place(need)
            book.note("php-range", f"“{need.constraint}” cannot be read: left out", "", place)
    fitting = [minor for minor in PHP if all(allows(n.constraint, *minor) for n in readable)]
    if not fitting:
        choices = tuple(f"{a}.{b}" for a, b in PHP)
        answer = book.ask(
            "php-version",
            "which version of PHP shall it be? none with an image fits what is required",
            "older images stand on a Debian whose package archive is gone",
            choices=choices,
            found=tuple(dict.fromkeys(_place(need) for need in readable))[:6],
        )
        if answer is None:
            return None
        wanted = (int(answer[0]), int(answer[2]))
        place = _place(readable[0]) if readable else Evidence(path=MANIFEST, fact="is there")
        return PhpVersion(minor=wanted, debian=PHP[wanted][1], evidence=(place,))
    if not readable:
        place = Evidence(path=MANIFEST, fact="requires no version of PHP")
        book.note("php-version-missing", "no version of PHP is required: the default is taken")
        return PhpVersion(
            minor=PHP_DEFAULT,
            debian=PHP[PHP_DEFAULT][1],
            evidence=(place,),
            confidence="assumed",
        )
    minor = fitting[-1]
    confidence: Confidence = "certain" if own else "likely"
    if all(allows(n.constraint, minor[0] + 1, 0) for n in readable):
        # Nothing bounds it from above: what the packages were chosen for says more.
        told = manifest.platform
        minor = told if told in fitting else minor
        confidence = "likely"
        book.note(
            "php-open-range",
            f"nothing bounds the version of PHP from above: {minor[0]}.{minor[1]} is taken",
            "ask the live app (`heroku run php --version`) and require it in composer.json",
            *(_place(need) for need in readable[:2]),
        )
    newer = (minor[0], minor[1] + 1)
    bound = next((n for n in readable if not allows(n.constraint, *newer)), None)
    places = dict.fromkeys(_place(n) for n in (own, bound) if n is not None)
    end, debian = PHP[minor]
    if end < book.today:
        book.warn(
            "php-eol",
            f"PHP {minor[0]}.{minor[1]} has had no security fixes since {end:%B %Y}",
            "it builds and runs as before; plan the update for after the move",
            *places,
        )
    return PhpVersion(
        minor=minor,
        debian=debian,
        evidence=tuple(places) or (_place(readable[0]),),
        confidence=confidence,
    )


def _extensions(
    book: Notebook, manifest: ComposerJson, lock: ComposerLock, lines: tuple[ProcessLine, ...]
) -> dict[str, tuple[Evidence, ...]] | None:
    found: dict[str, list[Evidence]] = {}
    missing: dict[str, Evidence] = {}
    for need in (*manifest.needs, *lock.platform):
        if not need.name.startswith("ext-"):
            continue
        name = need.name.removeprefix("ext-")
        name = _OLD_NAMES.get(name, name)
        if name in EXTENSIONS:
            found.setdefault(name, []).append(_place(need))
        elif name not in IN_IMAGE:
            missing.setdefault(name, _place(need))
    for name, evidence in _in_code(book).items():
        found.setdefault(name, []).append(evidence)
    for package, names in DATABASE_PACKAGES.items():
        wanted = manifest.need(package)
        if wanted is not None or package in lock.names:
            fact = f"{package} reaches databases"
            path = MANIFEST if wanted else LOCK
            place = Evidence(path=path, line=wanted.line if wanted else 0, fact=fact)
            for name in names:
                found.setdefault(name, []).append(place)
    workers = [line.evidence for line in lines if line.kept and _WORKER.search(line.command)]
    for place in workers:
        found.setdefault("pcntl", []).append(place)
    root = Evidence(path=MANIFEST if book.has(MANIFEST) else "index.php", fact="is PHP")
    found.setdefault("opcache", []).append(root)
    left = [name for name in missing if not _left_out(book, name, missing[name])]
    return None if left else {name: tuple(found[name]) for name in sorted(found)}


_WORKER = re.compile(r"\bartisan (queue:|horizon)|messenger:consume|\bpcntl_")


def _left_out(book: Notebook, name: str, place: Evidence) -> bool:
    answer = book.ask(
        f"php-extension:{name}",
        f"the app requires PHP's extension {name[:60]}: how is it had?",
        "it is in neither the official image nor the table here; answer leave-out when the "
        "vendor's installer is added by hand, and Composer is told to ignore it",
        choices=("leave-out",),
        found=(place,),
    )
    return answer is not None


def _in_code(book: Notebook) -> dict[str, Evidence]:
    """Extensions that Heroku had in, by the code that uses them."""
    compiled = [(name, word, re.compile(pattern)) for pattern, (name, word) in SILENT.items()]
    found: dict[str, Evidence] = {}
    left = _MOST_FILES
    for entry in book.view.entries():
        if not entry.path.endswith(".php") or _APART.search(entry.path) or left < 0:
            continue
        left -= 1
        text = book.text(entry.path)
        for name, word, pattern in compiled:
            match = pattern.search(text) if name not in found and word in text else None
            if match:
                line = text.count("\n", 0, match.start()) + 1
                fact = f"uses {match.group()[:40]}"
                found[name] = Evidence(path=entry.path, line=line, fact=fact)
    return found
