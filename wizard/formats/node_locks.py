"""Lock files of Node's package managers: which names they hold, and which make of lock they are."""

import re

from wizard.formats.json_text import read_json_object, table
from wizard.formats.text_lines import refuse_binary
from wizard.model.frozen import Frozen

# Whole lock files have megabytes: only names are taken, by pattern.
_YARN = re.compile(r'^"?((?:@[^@/"\s]+/)?[^@"\s,]+)@', re.MULTILINE)
_PNPM = re.compile(r"^ {2}['\"]?/?((?:@[^@/'\"\s]+/)?[^@/'\"\s:(]+)[@/]\d", re.MULTILINE)
_PNPM_VERSION = re.compile(r"^lockfileVersion:\s*['\"]?([\d.]+)", re.MULTILINE)


class NodeLock(Frozen):
    """`names` of every locked package; `make` is the lock format's own version, "" unknown."""

    names: frozenset[str]
    make: str = ""


def read_npm_lock(text: str, path: str = "package-lock.json") -> NodeLock:
    """npm's lock, all its versions. Raises FormatError."""
    document = read_json_object(text, path)
    names = {
        key.rpartition("node_modules/")[2]
        for key in table(document, "packages")
        if "node_modules/" in key
    } | set(table(document, "dependencies"))
    return NodeLock(names=frozenset(names), make=str(document.get("lockfileVersion", "")))


def read_yarn_lock(text: str, path: str = "yarn.lock") -> NodeLock:
    """Yarn's lock; `make` is "berry" for Yarn 2 and later, else "1". Raises FormatError."""
    refuse_binary(text, path)
    berry = re.search(r"^__metadata:", text, re.MULTILINE) is not None
    return NodeLock(names=frozenset(_YARN.findall(text)), make="berry" if berry else "1")


def read_pnpm_lock(text: str, path: str = "pnpm-lock.yaml") -> NodeLock:
    """pnpm's lock; `make` is its lockfileVersion. Raises FormatError."""
    refuse_binary(text, path)
    version = _PNPM_VERSION.search(text)
    return NodeLock(names=frozenset(_PNPM.findall(text)), make=version.group(1) if version else "")
