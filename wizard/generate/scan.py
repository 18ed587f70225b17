"""One pass over the code: what in it matters to a container, each with file and line."""

import re
from collections.abc import Iterator
from functools import cache, cached_property

from wizard.formats.text_lines import line_at
from wizard.generate.tables.system_packages import PROGRAMS
from wizard.model.files import Evidence
from wizard.model.repo_view import RepoView

RUBY = frozenset({".rb", ".rake", ".ru"})
COMPILED = frozenset({".go", ".java", ".kt", ".php"})
_SCRIPTS = {".py", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".vue", ".svelte", ".sh"}
CODE = RUBY | COMPILED | _SCRIPTS
_APART = re.compile(
    r"(^|/)(node_modules|tests?|specs?|__tests__|docs?|examples?|fixtures|vendor|dist|build|\.github"
    r"|migrations|cypress|e2e|stories|coverage|static/(?:admin|vendor))(/|$)"
    r"|(^|/)config/environments/(development|test|staging)\.rb$"
    r"|(^|/)(bin|scripts?)/(setup|configure|dev|ci|docker)\b[^/]*(/|$)"
    r"|(^|/)(test_[^/]*|conftest)\.py$|\.(test|spec|stories|min)\.[a-z]+$|(^|/)\.[^/]+/"
)
_FILE_LIMIT = 400_000
_ALL_LIMIT = 30_000_000
_PER_KIND = 40

_PROGRAM = "|".join(sorted((re.escape(name) for name in PROGRAMS), key=len, reverse=True))
_SET_BY_PLATFORM = (
    "APP_ID|APP_NAME|APP_DEFAULT_DOMAIN_NAME|DYNO_ID|RELEASE_VERSION|RELEASE_CREATED_AT|SLUG_COMMIT"
    "|SLUG_DESCRIPTION|BUILD_COMMIT|BUILD_DESCRIPTION|BRANCH|PR_NUMBER|PARENT_APP_NAME"
)
PATTERNS = {
    "platform": r"\bHEROKU_(?:"
    + _SET_BY_PLATFORM
    + r")\b|\bDYNO(?:_RAM)?\b(?=['\"\])]|\s*[;,)=]|$)",
    "host": r"[\w-]+\.herokuapp\.com",
    "loopback": (
        r"listen\([^)\n]*['\"](?:localhost|127\.0\.0\.1)['\"]"
        r"|\.run\([^)\n]*host\s*=\s*['\"](?:localhost|127\.0\.0\.1)['\"]"
        r"|^\s*(?:bind|listen)[\s(]+['\"](?:tcp://)?(?:localhost|127\.0\.0\.1)\b"
        r"|^\s*set :bind,\s*['\"](?:localhost|127\.0\.0\.1)\b"
    ),
    "baked": (
        r"\b(?:NEXT_PUBLIC_|VITE_|REACT_APP_|GATSBY_|EXPO_PUBLIC_|VUE_APP_|NG_APP_|STORYBOOK_)"
        r"[A-Z0-9_]+\b|(?<=import\.meta\.env\.)PUBLIC_[A-Z0-9_]+\b"
    ),
    "upload": (
        r"multer\(\s*\{\s*dest|multer\.diskStorage|\bMEDIA_ROOT\s*=|UPLOAD_FOLDER['\"]?\]?\s*="
        r"|formidable\(\s*\{[^}]*uploadDir|FileSystemStorage\("
        r"|^\s*storage :file\b|Shrine::Storage::FileSystem"
    ),
    "hosts": r"^ *ALLOWED_HOSTS\s*(?::[^=\n]+)?=",
    "redirect": (
        r"^ *SECURE_SSL_REDIRECT\s*=\s*(?!False)|\bTalisman\(|\bSSLify\(|HTTPSRedirectMiddleware"
        r"|^\s*config\.force_ssl\s*=\s*(?!false)|\bRack::SslEnforcer\b"
        r"|require\(['\"]express-sslify|enforce\.HTTPS|x-forwarded-proto['\"]\]?\s*!==?\s*['\"]https"
    ),
    "concurrency": r"\bWEB_CONCURRENCY\b",
    "signals": (
        r"['\"`]SIGTERM['\"`]|\bpcntl_signal\(\s*\\?SIGTERM\b"
        r"|\b(?:signal|add_signal_handler)\(\s*(?:signal\.)?SIGTERM\b"
    ),
    "program": (
        r"(?:subprocess\.\w+|Popen|os\.system|check_output|check_call|execFile(?:Sync)?|execSync"
        r"|spawn(?:Sync)?|execa|shelljs\.exec|\bexec)\(\s*\[?\s*[`'\"]("
        + _PROGRAM
        + r")(?=[\s`'\"])"
    ),
    "ruby": (
        # A branch that begins with a letter is found at once; one that begins with \b is not.
        r"(?:(?:system(?<!\wsystem)|spawn(?<!\wspawn)|exec(?<!\wexec)|popen(?<!\wpopen)"
        r"|Open3\.\w+|CommandLine\.new)[\s(\[{]+['\"]"
        r"|`|%x[\[({|])\s*(" + _PROGRAM + r")(?=[\s`'\"])"
    ),
    "compiled": (
        r"(?:exec\.Command(?:Context)?\((?:\w+,)?|ProcessBuilder\(|(?:shell_|\.|\b)exec\(|passthru\("
        r"|\bproc_open\(|\bsystem\(|new Process\()\s*\[?\s*[\"'`](" + _PROGRAM + r")(?=[\s\"'`])"
    ),
    "shell": r"^\s*(?:exec )?(" + _PROGRAM + r") ",
}
_ONLY_IN = {
    "compiled": COMPILED, "shell": {".sh"}, "hosts": {".py"}, "ruby": RUBY, "program": _SCRIPTS,
    "baked": _SCRIPTS - {".py", ".sh"}, "signals": _SCRIPTS - {".sh"} | {".php"},
}  # fmt: skip
_HINTS: dict[str, tuple[str, ...]] = {
    "platform": ("HEROKU_", "DYNO"),
    "host": (".herokuapp.com",),
    "loopback": ("localhost", "127.0.0.1"),
    "hosts": ("ALLOWED_HOSTS",),
    "redirect": (
        "SECURE_SSL", "Talisman", "SSLify", "HTTPSRedirect", "force_ssl", "SslEnforcer",
        "express-sslify", "enforce.HTTPS", "x-forwarded-proto",
    ),
    "upload": (
        "multer", "MEDIA_ROOT", "UPLOAD_FOLDER", "formidable", "FileSystem", "storage :file",
    ),
    "concurrency": ("WEB_CONCURRENCY",),
    "signals": ("SIGTERM",),
    "program": (
        "subprocess.", "Popen", "os.system", "check_output", "check_call", "exec", "spawn",
    ),
    "compiled": (
        "exec.Command", "ProcessBuilder(", "exec(", "passthru(", "proc_open(", "system(",
        "new Process(",
    ),
    "baked": (
        "PUBLIC_", "VITE_", "REACT_APP_", "GATSBY_", "VUE_APP_", "NG_APP_", "STORYBOOK_",
    ),
    "ruby": ("system", "spawn", "exec", "popen", "Open3", "CommandLine", "`", "%x"),
}  # fmt: skip
"""Words without which a pattern cannot match: most files are told by them at once."""


class Scan:
    """What was found, by kind of `PATTERNS`; looked for when first asked."""

    def __init__(self, view: RepoView) -> None:
        self._view = view

    def found(self, kind: str) -> tuple[Evidence, ...]:
        """Every place, the matched word as the fact."""
        return tuple(self._found.get(kind, ()))

    def names(self, kind: str) -> dict[str, Evidence]:
        """Each word once, with its first place."""
        first: dict[str, Evidence] = {}
        for place in self.found(kind):
            first.setdefault(place.fact, place)
        return first

    def files(self) -> Iterator[tuple[str, str]]:
        """Path and text of the app's own code: no tests, no documentation, nothing built."""
        left = _ALL_LIMIT
        for path in self._paths:
            text = self._view.read(path) if left >= 0 else None
            if text is not None:
                left -= len(text)
                yield path, text

    @cached_property
    def _paths(self) -> list[str]:
        return [
            entry.path
            for entry in self._view.entries()
            if entry.kind == "file"
            and _suffix(entry.path) in CODE
            and entry.size <= _FILE_LIMIT
            and not _APART.search(entry.path)
        ]

    @cached_property
    def _found(self) -> dict[str, list[Evidence]]:
        found: dict[str, list[Evidence]] = {kind: [] for kind in PATTERNS}
        for path, text in self.files():
            suffix = _suffix(path)
            for kind in PATTERNS:
                if suffix not in _ONLY_IN.get(kind, CODE) or len(found[kind]) >= _PER_KIND:
                    continue
                for hint in _HINTS.get(kind, ("",)):
                    if hint in text:
                        break
                else:
                    continue
                pattern = _compiled(kind)
                for match in pattern.finditer(text):
                    if (
                        kind == "ruby"
                        and "#" in text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
                    ):
                        continue
                    word = match.group(1) if pattern.groups else match.group()
                    line = line_at(text, match.start() + len(match.group()) - 1)
                    found[kind].append(Evidence(path=path, line=line, fact=word.strip()[:80]))
        return found


@cache
def _compiled(kind: str) -> re.Pattern[str]:
    """Compiled when a file first asks for it: most repositories ask for few."""
    return re.compile(PATTERNS[kind], re.MULTILINE)


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return "." + name.rpartition(".")[2] if "." in name[1:] else ""
