"""A Go module as it is: its version of Go, its main packages, and what needs a C compiler."""

import re

from wizard.formats.go_mod import GoMod, GoVersion, read_go_mod
from wizard.formats.text_lines import find_line, line_at
from wizard.generate.notebook import Notebook
from wizard.generate.tables.go_modules import C_MODULES, GO, GO_DEFAULT, GO_END
from wizard.model.files import Confidence, Evidence
from wizard.model.frozen import Frozen

MANIFEST = "go.mod"
_PACKAGE = re.compile(r"^package\s+(\w+)", re.MULTILINE)
_MAIN = re.compile(r"^func\s+main\s*\(\s*\)", re.MULTILINE)
_CONSTRAINT = re.compile(r"^//\s*(?:go:build|\+build)\s+(.+)$", re.MULTILINE)
_APART = re.compile(r"(^|/)(_[^/]*|\.[^/]*|testdata|vendor|node_modules)/")
_MET = frozenset({"linux", "unix", "amd64", "heroku", "cgo"})
_OTHER_SYSTEM = re.compile(r"_(windows|darwin|freebsd|openbsd|netbsd|plan9|js|wasm|arm64|386)\.go$")


class GoMain(Frozen):
    """One program: its folder ("." for the root), the name its binary gets, where it starts."""

    folder: str
    binary: str
    evidence: Evidence

    @property
    def target(self) -> str:
        """How it is named to go build."""
        return "." if self.folder == "." else f"./{self.folder}"


class GoPackage(Frozen):
    """`c_needs` are modules or own files that need C; `tagged` a file that asks who builds it."""

    mod: GoMod
    minor: int
    debian: str
    evidence: tuple[Evidence, ...]
    confidence: Confidence
    mains: tuple[GoMain, ...]
    vendored: bool
    c_needs: tuple[Evidence, ...] = ()
    tagged: Evidence | None = None


def read_go_package(book: Notebook) -> GoPackage | None:
    """The module in the root; None when it is missing, broken, or a question stands in the way."""
    mod = book.parsed(MANIFEST, read_go_mod)
    if mod is None:
        if not book.has(MANIFEST):
            _ask_for_module(book)
        return None
    chosen = _version(book, mod)
    vendored = book.has("vendor/modules.txt")
    if mod.needs and not vendored and not book.has("go.sum"):
        book.ask(
            "go-sum",
            "go.mod needs modules, and there is no go.sum beside it",
            "Go refuses to build without the sums; run `go mod tidy` and commit go.sum",
            found=(Evidence(path=MANIFEST, line=mod.needs[0].line, fact=mod.needs[0].name),),
        )
        return None
    if chosen is None:
        return None
    minor, evidence, confidence = chosen
    mains, own_c, tagged = _look(book, mod)
    return GoPackage(
        mod=mod,
        minor=minor,
        debian=GO.get(minor, GO[max(GO)]),
        evidence=evidence,
        confidence=confidence,
        mains=mains,
        vendored=vendored,
        c_needs=(*_needs_c(mod), *own_c),
        tagged=tagged,
    )


def c_module(name: str) -> str:
    """The key in the table of modules that need C, without the major version; "" for others."""
    bare = re.sub(r"/v\d+$", "", name)
    return bare if bare in C_MODULES else ""


def _needs_c(mod: GoMod) -> list[Evidence]:
    return [
        Evidence(path=MANIFEST, line=need.line, fact=need.name)
        for need in mod.needs
        if c_module(need.name)
    ]


def _version(book: Notebook, mod: GoMod) -> tuple[int, tuple[Evidence, ...], Confidence] | None:
    """The buildpack's comment, else the toolchain and go lines; never less than the code needs."""
    named = [
        (kind, found)
        for kind, found in (
            ("+heroku goVersion", mod.wanted),
            ("toolchain", mod.toolchain),
            ("go", mod.go),
        )
        if found is not None
    ]
    if not named:
        place = Evidence(path=MANIFEST, line=mod.module_line, fact="names no version of Go")
        book.note("go-version-missing", f"no version of Go is named: 1.{GO_DEFAULT} is taken")
        return GO_DEFAULT, (place,), "assumed"
    kind, first = named[0]
    wanted, places = first, [_place(kind, first)]
    if mod.wanted is not None:
        needed = max((v for _, v in named[1:]), key=lambda v: v.minor, default=first)
        if needed.minor > first.minor:
            places.append(_place("go", needed))
            book.warn(
                "go-version-conflict",
                f"the module needs Go {needed.text}, the buildpack was told {first.text}",
                f"1.{needed.minor} is taken: an older one refuses to build it",
                *places,
            )
            wanted = needed
    elif mod.go is not None and mod.go.minor > first.minor:
        wanted, places = mod.go, [_place("go", mod.go)]
    return _released(book, wanted, tuple(places))


def _place(kind: str, version: GoVersion) -> Evidence:
    return Evidence(path=MANIFEST, line=version.line, fact=f"{kind} {version.text}")


def _released(
    book: Notebook, version: GoVersion, places: tuple[Evidence, ...]
) -> tuple[int, tuple[Evidence, ...], Confidence] | None:
    if version.major != 1 or version.minor < min(GO):
        # Programs for old releases compile with new ones: Go promises it for Go 1.
        if version.major == 1:
            book.warn(
                "go-version-old",
                f"Go {version.text} knew no modules: 1.{GO_DEFAULT} is taken",
                "Go 1 compiles older code as it is; run the tests with it",
                *places,
            )
            return GO_DEFAULT, places, "likely"
        book.ask(
            "go-version",
            f"Go {version.text} is no release that is known",
            "name one in go.mod",
            found=places,
        )
        return None
    end = GO_END.get(version.minor)
    if version.minor < min(GO_END) or (end is not None and end < book.today):
        since = f" since {end:%B %Y}" if end else " for years"
        book.warn(
            "go-eol",
            f"Go 1.{version.minor} has had no security fixes{since}",
            "raise it in go.mod: Go 1 compiles older code as it is",
            *places,
        )
    return version.minor, places, "certain" if version.minor in GO else "likely"


def _look(
    book: Notebook, mod: GoMod
) -> tuple[tuple[GoMain, ...], tuple[Evidence, ...], Evidence | None]:
    """Every main package that `go build ./...` would find, own C code, and the heroku build tag."""
    nested = [
        e.path.removesuffix(MANIFEST)
        for e in book.view.entries()
        if e.path.endswith(f"/{MANIFEST}")
    ]
    mains: dict[str, GoMain] = {}
    packages: set[str] = set()
    own_c: list[Evidence] = []
    tagged: Evidence | None = None
    for entry in book.view.entries():
        path = entry.path
        if entry.kind != "file" or not path.endswith(".go") or path.endswith("_test.go"):
            continue
        if _APART.search(path) or any(path.startswith(f) for f in nested):
            continue
        text = book.text(path)
        package = _PACKAGE.search(text)
        if package is None or _OTHER_SYSTEM.search(path):
            continue
        for constraint in _CONSTRAINT.finditer(text[: package.start()]):
            if re.search(r"\bheroku\b", constraint.group(1)):
                line = line_at(text, constraint.start())
                tagged = tagged or Evidence(path=path, line=line, fact=constraint.group(1)[:80])
        if not all(_met(c.group(1)) for c in _CONSTRAINT.finditer(text[: package.start()])):
            continue
        folder = path.rpartition("/")[0] or "."
        if re.search(r'^import\s+"C"\s*$', text, re.MULTILINE):
            line = find_line(text, r'import\s+"C"')
            own_c.append(Evidence(path=path, line=line, fact='imports "C"'))
        if package.group(1) != "main":
            continue
        packages.add(folder)
        start = _MAIN.search(text)
        if start:
            place = Evidence(path=path, line=line_at(text, start.start()), fact="func main")
            binary = _binary(mod.module, folder)
            mains.setdefault(folder, GoMain(folder=folder, binary=binary, evidence=place))
    return tuple(mains[f] for f in sorted(mains)), tuple(own_c), tagged


def _met(constraint: str) -> bool:
    """Whether a file with this build constraint is compiled; doubtful ones are."""
    words = re.fullmatch(r"(!?)([\w.]+)", constraint.strip())
    if words is None:
        return True
    met = words.group(2) in _MET or words.group(2).startswith("go1.")
    return met != bool(words.group(1))


def _binary(module: str, folder: str) -> str:
    """The last part of the import path that is no major version, as go install names it."""
    path = module if folder == "." else f"{module}/{folder}"
    parts = [p for p in path.split("/") if p]
    if len(parts) > 1 and re.fullmatch(r"v[2-9]\d*|v1\d+", parts[-1]):
        parts.pop()
    return parts[-1]


def _ask_for_module(book: Notebook) -> None:
    olds = ("Gopkg.lock", "Godeps/Godeps.json", "vendor/vendor.json", "glide.yaml")
    found = [Evidence(path=path, fact="is there") for path in book.present(*olds)]
    godeps = re.search(r'"GoVersion"\s*:\s*"([\w.]+)"', book.text(olds[1]))
    if godeps:
        line = find_line(book.text(olds[1]), '"GoVersion"')
        fact = f"GoVersion {godeps.group(1)}"
        found.append(Evidence(path=olds[1], line=line, fact=fact))
    book.ask(
        "go-not-modules",
        "this is Go from before modules: how is it built?",
        "Go of today builds modules only: run `go mod init` (it reads the old lock), "
        "`go mod tidy`, and commit go.mod and go.sum",
        found=tuple(found),
    )
