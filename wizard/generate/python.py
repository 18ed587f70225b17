"""A Python app's Dockerfile: packages built in one stage, run from another."""

import re

from wizard.generate.build_hooks import build_hook
from wizard.generate.detect import Detection
from wizard.generate.django import collectstatic, manage_py, settings_files
from wizard.generate.front_end import assets_stage
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.python_build import VENV, python_stage, system
from wizard.generate.python_hooks import POST, node_for_hooks
from wizard.generate.python_package import PythonPackage, read_python_package
from wizard.generate.python_run import without_manager
from wizard.generate.python_version import base_line
from wizard.generate.recipe import APP, Recipe, run
from wizard.generate.scan import Scan
from wizard.model.files import Evidence, Line

_UID = 1001
_APP_OBJECT = re.compile(
    r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:flask\.)?(Flask|FastAPI|Starlette|Quart)\(", re.M
)
_WORKERS = re.compile(r"(\s|^)(-w|--workers|-c|--config)[\s=]")


def python_recipe(
    book: Notebook, scan: Scan, lines: tuple[ProcessLine, ...], detection: Detection
) -> tuple[Recipe | None, tuple[ProcessLine, ...]]:
    """The Dockerfile's parts and the process types as they should run."""
    package = read_python_package(book, detection)
    assets = assets_stage(book, scan, detection.helpers)
    if package is None:
        return None, lines
    if not lines:
        web = _default_web(book, package, scan)
        lines = (web,) if web else ()
    lines = tuple(_bound(book, line) for line in without_manager(book, lines))
    stage = python_stage(book, package, front_end=assets is not None)
    node = node_for_hooks(book, stage)
    if "django" in package.packages:
        stage.build += collectstatic(book)
    if book.has("nltk.txt"):
        stage.build.append(_nltk())
    stage.build += build_hook(book, POST)
    stage.prune.append(run(["rm -rf .aptible.env .git"], "F03"))
    recipe = Recipe(
        stages=[*(found for found in (node, assets) if found), stage],
        base=base_line(package.version),
        uid=_UID,
    )
    system(package, recipe.packages, 1)
    _environment(book, package, recipe, lines)
    recipe.user.append(
        run(
            [
                f"useradd --uid {_UID} --create-home --shell /bin/sh app",
                f"chown {_UID}:{_UID} {APP}",
            ],
            "F13",
        )
    )
    copied = f"COPY --from=build --chown={_UID}:{_UID} {APP} ./"
    recipe.copies += [
        Line(text=f"COPY --from=build {VENV} {VENV}", rule="F38"),
        Line(text=copied, rule="F03"),
    ]
    if book.has("nltk.txt"):
        recipe.copies.append(
            Line(text="COPY --from=build /opt/nltk_data /opt/nltk_data", rule="F12")
        )
    return recipe, lines


def _bound(book: Notebook, line: ProcessLine) -> ProcessLine:
    """Behind nginx gunicorn listened on a socket file; without nginx it needs the port."""
    config = re.search(r"(?:-c|--config)[\s=](?:file:)?(\S+)", line.command)
    if "nginx" not in line.stripped or "gunicorn" not in line.command:
        return line
    if "unix:" not in line.command and not (config and "unix:" in book.text(config.group(1))):
        return line
    command = re.sub(r"\s(-b|--bind)[\s=]unix:\S+", "", line.command)
    return line.model_copy(update={"command": f"{command} --bind 0.0.0.0:$PORT"})


def _environment(
    book: Notebook, package: PythonPackage, recipe: Recipe, lines: tuple[ProcessLine, ...]
) -> None:
    recipe.env("PYTHONUNBUFFERED", "1", "F12")
    recipe.env("PYTHONDONTWRITEBYTECODE", "1", "F39")
    source = [f"{APP}/src"] if _has_source_folder(book) else []
    recipe.env("PYTHONPATH", ":".join([APP, *source]), "F12")
    recipe.env("LANG", "C.UTF-8", "F12")
    recipe.env("PATH", f"{VENV}/bin:$PATH", "F38")
    if "nltk.txt" in book.present("nltk.txt"):
        recipe.env("NLTK_DATA", "/opt/nltk_data", "F12", Evidence(path="nltk.txt", fact="is there"))
    servers = [name for name in ("gunicorn", "uvicorn") if name in package.packages]
    if not servers:
        return
    place = package.place(servers[0])
    recipe.env("FORWARDED_ALLOW_IPS", '"*"', "F12", place)
    if "gunicorn" in servers:
        recipe.env("GUNICORN_CMD_ARGS", '"--access-logfile -"', "F12", place)
    web = next((line for line in lines if line.name == "web"), None)
    told = web is not None and _WORKERS.search(web.command)
    if not told and web is not None and re.search(r"\b(gunicorn|uvicorn)\b", web.command):
        recipe.env("WEB_CONCURRENCY", "2", "F12", web.evidence, confidence="likely")
        book.note(
            "web-concurrency",
            "Heroku counted WEB_CONCURRENCY from the dyno's memory; nobody does now: 2 is set",
            "set WEB_CONCURRENCY in the configuration for larger containers (MB / 256)",
            web.evidence,
        )


def _has_source_folder(book: Notebook) -> bool:
    return any(
        entry.path.startswith("src/")
        and entry.path.endswith("/__init__.py")
        and entry.path.count("/") == 2
        for entry in book.view.entries()
    )


def _nltk() -> Line:
    place = Evidence(path="nltk.txt", fact="names corpora")
    words = "xargs python -m nltk.downloader -d /opt/nltk_data < nltk.txt"
    return run([words], "F12", place)


def _default_web(book: Notebook, package: PythonPackage, scan: Scan) -> ProcessLine | None:
    """Heroku starts no Python app without a Procfile: one server, one app object, or a question."""
    found: list[tuple[str, Evidence]] = []
    settings = settings_files(book) if manage_py(book) else []
    for path, text in settings:
        for key, server in (("WSGI_APPLICATION", "gunicorn"), ("ASGI_APPLICATION", "uvicorn")):
            match = re.search(rf"^{key}\s*=\s*['\"]([\w.]+)\.(\w+)['\"]", text, re.M)
            if match and server in package.packages:
                line = text[: match.start()].count("\n") + 1
                target = f"{match.group(1)}:{match.group(2)}"
                found.append((_serve(server, target), Evidence(path=path, line=line, fact=key)))
    if not settings:
        for path, text in scan.files():
            match = _APP_OBJECT.search(text) if path.endswith(".py") else None
            if match is None:
                continue
            server = "gunicorn" if match.group(2) == "Flask" else "uvicorn"
            module = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
            module = module.removesuffix(".__init__")
            if server in package.packages:
                line = text[: match.start()].count("\n") + 1
                place = Evidence(path=path, line=line, fact=f"{match.group(2)} is made here")
                found.append((_serve(server, f"{module}:{match.group(1)}"), place))
    commands = list(dict.fromkeys(command for command, _ in found))
    if len(commands) == 1:
        return ProcessLine(name="web", command=commands[0], evidence=found[0][1])
    answer = book.ask(
        "web-command",
        "which command serves the app?",
        "there is no Procfile, and Heroku starts no Python app without one"
        + ("" if commands else "; no server such as gunicorn or uvicorn is among the dependencies"),
        choices=tuple(commands),
        free=not commands,
        found=tuple(place for _, place in found),
    )
    place = Evidence(path="answers", fact="web-command")
    return ProcessLine(name="web", command=answer, evidence=place) if answer else None


def _serve(server: str, target: str) -> str:
    if server == "gunicorn":
        return f"gunicorn {target}"
    return f"uvicorn {target} --host 0.0.0.0 --port $PORT"
