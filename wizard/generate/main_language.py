"""Two languages and no buildpack list: files that only one of them would have decide."""

import re

from wizard.generate.commands import commands
from wizard.generate.notebook import Notebook

_PLAIN = re.compile(r"(?:\./)?(?:bin/)?[A-Za-z][\w-]*")
_JVM = ("java", "gradle")
_MANAGERS = ("node", "npm", "npx", "pnpm", "yarn")


def by_files(book: Notebook, found: set[str], web: str) -> str:
    """The main language of `found`, given web's command; "" when this does not tell.

    static.json is read by the static buildpack alone; it stands beside the Node that builds the
    site. A bare program name that is no file is a binary that Go built.
    """
    programs = [words[0] for words in commands(web)]
    if found == {"static", "node"} and (not web or re.search(r"\bbin/(boot|start-nginx)", web)):
        return "static"
    if "java" in programs:
        built = [language for language in _JVM if language in found]
        return ("gradle" if "build/" in web else "java") if len(built) > 1 else "".join(built)
    if set(_JVM) <= found <= {*_JVM, "node"}:
        # Heroku tries Maven before Gradle.
        return "java"
    last = programs[-1] if programs else ""
    if "go" in found and _PLAIN.fullmatch(last) and not book.has(last.removeprefix("./")):
        name = last.rpartition("/")[2]
        # A program of npm's, or one that a package brings.
        node = name in _MANAGERS or f'"{name}"' in book.text("package.json")
        return "" if node else "go"
    return ""
