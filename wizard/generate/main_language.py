"""Two languages and no buildpack list: files that only one of them would have decide."""

import re
from collections.abc import Callable

from wizard.formats.package_json import read_package_json
from wizard.generate.commands import commands
from wizard.generate.node_start import development_server
from wizard.generate.notebook import Notebook

_PLAIN = re.compile(r"(?:\./)?(?:bin/)?[A-Za-z][\w-]*")
_JVM = ("java", "gradle")
_FRAMEWORKS = {
    "python": ("manage.py",), "ruby": ("config.ru",), "php": ("artisan", "bin/console"),
}  # fmt: skip
"""Language → files of a web framework, which answers the web where nothing else is named."""
_MANAGERS = ("node", "npm", "npx", "pnpm", "yarn")


def _serves(book: Notebook) -> bool:
    """Whether package.json's start is more than a development server."""
    package = book.parsed("package.json", read_package_json)
    start = package.scripts.get("start", "") if package else ""
    return bool(start) and not development_server(start)


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
    if found == {"ruby", "node"} and book.has("config/application.rb") and not web:
        # Rails answers the web when nothing else is named; Node builds its assets.
        return "ruby"
    framework = [language for language in found if book.present(*_FRAMEWORKS.get(language, ()))]
    if len(framework) == 1 and found == {"node", *framework} and not web and not _serves(book):
        return framework[0]
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


def by_script(book: Notebook, web: str, runner: Callable[[str], str]) -> str:
    """The language of the script of the repository that web runs, "" when there is none."""
    for words in commands(web):
        path = next((w.removeprefix("./") for w in words[:3] if book.has(w.removeprefix("./"))), "")
        rows = book.text(path).split("\n") if path else [""]
        named = re.match(r"#!.*\b(ruby|python|node)", rows[0])
        if named is not None:
            return named.group(1)
        if re.match(r"#!.*sh\b", rows[0]) or path.endswith(".sh"):
            told = (runner(row) for row in rows if not row.lstrip().startswith("#"))
            return next((language for language in told if language), "")
    return ""
