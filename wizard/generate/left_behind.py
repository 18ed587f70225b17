"""What lies in the repository and must not reach the image, whatever .dockerignore says."""

import re
from collections.abc import Iterable

from wizard.generate.notebook import Notebook
from wizard.generate.scan import Scan
from wizard.model.files import Evidence
from wizard.model.repo_view import RepoEntry

_EXAMPLE = re.compile(r"example|sample|template|dist$|defaults?$|schema")
_ENVIRONMENT = re.compile(r"(?:^|/)\.env(?:\.[\w.-]+)?$")
_KEYS = re.compile(
    r"(?:^|/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|master\.key|[^/]+\.(?:pem|key|p12|pfx|keystore|jks|ppk))$"
)
_ANY = re.compile(
    r"\.env|/?id_|\.(?:key|pem|p12|pfx|keystore|jks|ppk|dump|pgdump|backup|bak|sql|gz|zip|rdb)$"
)
"""Matches whatever one of the patterns above and below matches."""
_DUMPS = re.compile(r"\.(?:dump|pgdump|backup|bak|sql\.gz|sql\.zip|rdb)$|(?:^|/)dump[^/]*\.sql$")
_LARGE_SQL = 5_000_000


def left_behind(book: Notebook, scan: Scan) -> tuple[str, ...]:
    """Paths that a build may read and an image must not hold; each said with its reason."""
    found: dict[str, list[Evidence]] = {"env": [], "key": [], "dump": []}
    for entry in book.view.entries():
        if entry.kind == "file" and (kind := _kind(book, entry)):
            found[kind].append(Evidence(path=entry.path, fact="is in the repository"))
    read = _read_by_code(scan, found["key"])
    keys = [place for place in found["key"] if place.path not in read]
    if found["env"]:
        book.warn(
            "env-file",
            "files with environment variables are in the repository: everybody with the code has "
            "their secrets; the image is made without them",
            "what the app needs of them becomes configuration; remove them, revoke what was secret",
            *found["env"],
        )
    if keys:
        book.warn(
            "key-file",
            "private keys are in the repository; the image is made without them",
            "remove them, revoke them, and give the app its key as configuration",
            *keys,
        )
    if read:
        book.warn(
            "key-file-read",
            "the code reads a private key from the repository, so it stays in the image",
            "give it as configuration, remove the file, and revoke the key",
            *(Evidence(path=path, fact="holds a private key") for path in sorted(read)),
            *read.values(),
        )
    if found["dump"]:
        book.warn(
            "dump-file",
            "database dumps are in the repository; the image is made without them",
            "remove them from the repository and its history: they may hold personal data",
            *found["dump"],
        )
    places = [*found["env"], *keys, *found["dump"]]
    return tuple(sorted(place.path for place in places if _plain(place.path)))


def _kind(book: Notebook, entry: RepoEntry) -> str:
    path = entry.path
    if not _ANY.search(path):
        return ""
    name = path.rpartition("/")[2]
    if _ENVIRONMENT.search(path):
        return "" if _EXAMPLE.search(name) else "env"
    if _KEYS.search(path):
        text = book.view.read(path)
        # Certificates of databases and partners end in .pem as well: those are no secret.
        public = text is not None and "PRIVATE KEY" not in text and name != "master.key"
        return "" if public else "key"
    if _DUMPS.search(path) or (path.endswith(".sql") and entry.size > _LARGE_SQL):
        return "dump"
    return ""


def _read_by_code(scan: Scan, keys: Iterable[Evidence]) -> dict[str, Evidence]:
    """Keys whose file name stands in the code."""
    names = {place.path.rpartition("/")[2]: place.path for place in keys}
    found: dict[str, Evidence] = {}
    if not names:
        return found
    for path, text in scan.files():
        for name, key in names.items():
            if key not in found and path != key and (line := _named(text, name)):
                found[key] = Evidence(path=path, line=line, fact=f"names {name}")
    return found


def _named(text: str, name: str) -> int:
    """The first line with this name that is no comment; 0 for none."""
    at = text.find(name)
    while at >= 0:
        row = text[text.rfind("\n", 0, at) + 1 : at].lstrip()
        if not row.startswith(("#", "//", "*", "/*")):
            return text.count("\n", 0, at) + 1
        at = text.find(name, at + len(name))
    return 0


def _plain(path: str) -> bool:
    """Whether it can stand in a RUN as it is."""
    return re.fullmatch(r"[\w./@+-]+", path) is not None
