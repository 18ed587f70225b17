"""Django: where manage.py lies, and whether and how static files are collected at build."""

import re

from wizard.formats.app_json import read_app_json
from wizard.generate.notebook import LIVE, Notebook
from wizard.generate.recipe import run
from wizard.model.files import Evidence, Line

_REQUIRED = re.compile(
    r"os\.environ\[\s*['\"](\w+)['\"]\s*\]|\bos\.getenv\(\s*['\"](\w+)['\"]\s*\)\s*\."
    r"|\benv(?:\.\w+)?\(\s*['\"](\w+)['\"]\s*\)|\bconfig\(\s*['\"](\w+)['\"]\s*(?:,\s*cast=\w+\s*)?\)"
)
_THROW_AWAY = {
    r".*SECRET_KEY(_BASE)?": "build-only",
    r"DATABASE_URL": "sqlite://:memory:",
    r".*REDIS\w*_URL|CELERY_BROKER_URL|BROKER_URL": "redis://localhost:6379/0",
}


def manage_py(book: Notebook) -> str:
    """The path of manage.py, up to three levels deep as Heroku looks; "" for none."""
    found = [
        entry.path
        for entry in book.view.entries()
        if entry.kind == "file"
        and entry.path.rpartition("/")[2] == "manage.py"
        and entry.path.count("/") < 3
    ]
    return min(found, key=lambda path: (path.count("/"), path), default="")


def settings_files(book: Notebook) -> list[tuple[str, str]]:
    """Settings modules, path and text."""
    return [
        (entry.path, book.text(entry.path))
        for entry in book.view.entries()
        if re.search(r"(^|/)settings(/[\w]+)?\.py$", entry.path) and entry.path.count("/") < 5
    ]


def collectstatic(book: Notebook) -> list[Line]:
    """The RUN that collects static files; [] when Heroku would not have, or could not."""
    manage, files = manage_py(book), settings_files(book)
    if not manage:
        return []
    place = Evidence(path=manage, fact="is Django's")
    off = _switched_off(book)
    if off is not None:
        book.note("collectstatic-off", "static files are not collected at build", "", off)
        return []
    serving = [(p, t) for p, t in files if "django.contrib.staticfiles" in t]
    root = next(((p, t) for p, t in files if re.search(r"^\s*STATIC_ROOT\s*=", t, re.M)), None)
    if not serving or root is None:
        if serving:
            book.note(
                "collectstatic-root",
                "no STATIC_ROOT is set, so collectstatic has nowhere to write and is left out",
                "set STATIC_ROOT, and serve it (WhiteNoise), if the app has static files",
                Evidence(path=serving[0][0], fact="has django.contrib.staticfiles"),
            )
        return []
    at = root[1][: re.search(r"^\s*STATIC_ROOT\s*=", root[1], re.M).start()].count("\n") + 1  # type: ignore[union-attr]
    static = Evidence(path=root[0], line=at, fact="sets STATIC_ROOT")
    names = _required(files)
    values, unknown = [], []
    for name, where in sorted(names.items()):
        value = next((v for p, v in _THROW_AWAY.items() if re.fullmatch(p, name)), "")
        if value:
            values.append(f"{name}={value}")
        else:
            unknown.append(where)
    live = "DJANGO_SETTINGS_MODULE" in book.known.variables
    command = " ".join([*values, f"python {manage} collectstatic --noinput"])
    if unknown or live:
        book.note(
            "collectstatic-configuration",
            "collectstatic reads the app's configuration at build: "
            f"{', '.join(sorted(e.fact for e in unknown)) or 'DJANGO_SETTINGS_MODULE'}",
            "configuration has to be set before the first deploy",
            *unknown,
        )
        command = f"python {manage} collectstatic --noinput"
    return [run([command], "F17", place, static, *names.values(), configured=bool(unknown) or live)]


def _switched_off(book: Notebook) -> Evidence | None:
    name = "DISABLE_COLLECTSTATIC"
    if name in book.known.variables:
        return Evidence(path=LIVE, fact=f"{name} is set")
    app = book.parsed("app.json", read_app_json)
    for variable in app.variables if app else ():
        if variable.name == name:
            return Evidence(path="app.json", line=variable.line, fact=name)
    return None


def _required(files: list[tuple[str, str]]) -> dict[str, Evidence]:
    """Variables without which the settings do not load, as far as the text tells."""
    found: dict[str, Evidence] = {}
    for path, text in files:
        if re.search(r"(local|dev|test|development|testing)\w*\.py$", path.rpartition("/")[2]):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if line.lstrip().startswith("#"):
                continue
            for match in _REQUIRED.finditer(line):
                name = next(group for group in match.groups() if group)
                if name != "DJANGO_SETTINGS_MODULE":
                    found.setdefault(name, Evidence(path=path, line=number, fact=name))
    return found
