"""Which languages is the app made of? Every sign with its evidence, then the main one."""

import re
from collections.abc import Mapping
from fnmatch import fnmatch

from wizard.formats.app_json import read_app_json
from wizard.formats.json_text import read_toml, table
from wizard.formats.text_lines import numbered
from wizard.generate.app_folder import SEVERAL, apps_below
from wizard.generate.commands import commands
from wizard.generate.main_language import by_files, by_script
from wizard.generate.notebook import LIVE, Notebook
from wizard.generate.tables.buildpacks import JDK_ONLY, KNOWN, LANGUAGES
from wizard.model.files import Evidence, LanguageMatch
from wizard.model.frozen import Frozen

SIGNS: Mapping[str, tuple[str, ...]] = {
    "ruby": ("Gemfile",),
    "node": ("package.json",),
    "clojure": ("project.clj",),
    "python": (
        "Pipfile.lock", "Pipfile", "requirements.txt", "poetry.lock", "uv.lock", "setup.py",
        "pyproject.toml",
    ),
    "java": ("pom.xml",),
    "gradle": ("gradlew", "build.gradle", "build.gradle.kts"),
    "scala": ("build.sbt", "*.sbt", "project/build.properties"),
    "php": ("composer.json", "index.php"),
    "go": ("go.mod", "Gopkg.lock", "Godeps/Godeps.json", "vendor/vendor.json", "glide.yaml"),
    "dotnet": ("*.sln", "*.slnx", "*.csproj", "*.fsproj", "*.vbproj"),
    "elixir": ("mix.exs",),
    "rust": ("Cargo.toml",),
    "static": ("static.json",),
}  # fmt: skip
_WEAK_PYTHON = ("manage.py", "app.py", "main.py", "server.py", "runtime.txt", ".python-version")
_RUNNERS = {
    "python": r"(python[\d.]*|gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|celery|flask"
    r"|django-admin|fastapi|granian|rq|dramatiq|newrelic-admin|streamlit|poetry|pipenv|uv|.*\.py)",
    "node": r"(node|npm|npx|yarn|pnpm|next|nest|ts-node|tsx|nodemon|pm2|pm2-runtime|serve"
    r"|.*\.m?js)",
    "ruby": r"(bundle|rails|bin/rails|rake|puma|unicorn|ruby|rackup|sidekiq|thin|.*\.rb|.*\.ru)",
    "php": r"((vendor/bin/)?heroku-php-\w+|php)",
    "java": r"(java|.*\.jar)",
    "elixir": r"(mix|elixir)",
    "dotnet": r"(dotnet)",
}


class Buildpack(Frozen):
    """One buildpack that was asked for: `key` in the table of known ones or "", its language."""

    name: str
    language: str
    key: str
    evidence: Evidence


class Detection(Frozen):
    """`main` is "" while open. `matches` holds every language with a sign in the root."""

    main: str
    helpers: tuple[str, ...]
    matches: tuple[LanguageMatch, ...]
    buildpacks: tuple[Buildpack, ...]
    evidence: tuple[Evidence, ...] = ()


def detect(book: Notebook, processes: Mapping[str, str]) -> Detection:
    """Decide by the live app's buildpacks, app.json, .buildpacks, then files and commands."""
    matches = tuple(_matches(book))
    packs = _buildpacks(book)
    main, evidence = _main(book, matches, packs, processes)
    strong = [match.language for match in matches if match.strong]
    if packs:
        wanted = {pack.language for pack in packs}
        helpers = [name for name in strong if name != main and name in wanted]
    else:
        helpers = [name for name in strong if name != main]
    return Detection(
        main=main,
        helpers=tuple(helpers),
        matches=matches,
        buildpacks=packs,
        evidence=evidence,
    )


def _matches(book: Notebook) -> list[LanguageMatch]:
    roots = [e.path for e in book.view.entries() if e.kind == "file" and e.path.count("/") < 2]
    found = []
    for language, patterns in SIGNS.items():
        signs = [
            path
            for pattern in patterns
            for path in roots
            if (path == pattern or ("*" in pattern and "/" not in path and fnmatch(path, pattern)))
        ]
        strong = bool(signs)
        if language == "python":
            if signs == ["pyproject.toml"]:
                strong = _is_project(book)
            signs += [path for path in _WEAK_PYTHON if path in roots]
        if signs:
            evidence = tuple(Evidence(path=path, fact="is there") for path in dict.fromkeys(signs))
            found.append(LanguageMatch(language=language, strong=strong, evidence=evidence))
    return found


def _is_project(book: Notebook) -> bool:
    """Many a pyproject.toml only holds the settings of a formatter."""
    document = book.parsed("pyproject.toml", read_toml) or {}
    return bool(table(document, "project") or table(document, "tool", "poetry"))


def _buildpacks(book: Notebook) -> tuple[Buildpack, ...]:
    named: list[tuple[str, Evidence]] = []
    app = book.parsed("app.json", read_app_json)
    if book.known.buildpacks:
        named = [(n, Evidence(path=LIVE, fact=f"buildpack {n}")) for n in book.known.buildpacks]
    elif app is not None and app.buildpacks:
        named = [
            (b.name, Evidence(path="app.json", line=b.line, fact=f"buildpack {b.name}"))
            for b in app.buildpacks
        ]
    elif book.has(".buildpacks"):
        named = [
            (line.strip(), Evidence(path=".buildpacks", line=n, fact=f"buildpack {line.strip()}"))
            for n, line in numbered(book.text(".buildpacks"))
            if line.strip() and not line.strip().startswith("#")
        ]
    return tuple(_buildpack(name, evidence) for name, evidence in named)


def _buildpack(name: str, evidence: Evidence) -> Buildpack:
    short = re.sub(r"(\.git|\.tgz)?(#.*)?$", "", name).rstrip("/").lower().rpartition("/")[2]
    short = re.sub(r"^heroku-buildpack-|-?buildpack$|^buildpack-", "", short)
    short = short.removeprefix("heroku-")
    words = f"-{re.sub(r'[_.]', '-', short)}-"
    key = next((k for k in sorted(KNOWN, key=len, reverse=True) if f"-{k}-" in words), "")
    language = LANGUAGES.get(short, "" if key else _language_in(short))
    return Buildpack(name=name, language=language, key=key, evidence=evidence)


def _language_in(short: str) -> str:
    parts = re.split(r"[-_.]", short)
    return next((LANGUAGES[part] for part in parts if part in LANGUAGES), "")


def _main(
    book: Notebook,
    matches: tuple[LanguageMatch, ...],
    packs: tuple[Buildpack, ...],
    processes: Mapping[str, str],
) -> tuple[str, tuple[Evidence, ...]]:
    for pack in reversed(packs):
        if pack.language:
            return pack.language, (pack.evidence,)
    strong = [match for match in matches if match.strong] or list(matches)
    jdk = next((pack for pack in packs if pack.key in JDK_ONLY), None)
    if not strong and jdk is not None:
        return "java", (jdk.evidence,)
    if len(strong) == 1:
        return strong[0].language, strong[0].evidence
    if not strong:
        return _nothing(book), ()
    told = by_files(book, {match.language for match in strong}, processes.get("web", ""))
    for match in strong:
        if match.language == told:
            return told, match.evidence
    web = processes.get("web", "")
    runs = {runner(command) for name, command in processes.items() if name != "web"} - {""}
    for by_command, fact in (
        (runner(web), "web runs it"),
        (by_script(book, web, runner), "the script that web runs is written for it"),
        (runs.pop() if len(runs) == 1 and not web else "", "every process runs it"),
    ):
        for match in strong:
            if match.language == by_command:
                return match.language, (*match.evidence, Evidence(path="Procfile", fact=fact))
    # Node is nearly everybody's helper: with one other language and nothing to start, it is one.
    others = [match for match in strong if match.language != "node"]
    if (
        len(others) == 1
        and not processes
        and not re.search(r'"start"\s*:', book.text("package.json"))
    ):
        return others[0].language, others[0].evidence
    names = tuple(match.language for match in strong)
    answer = book.ask(
        "main-language",
        f"which language serves the web: {', '.join(names)}?",
        "the repository shows signs of each, and no buildpack list or web command decides",
        choices=names,
        found=tuple(evidence for match in strong for evidence in match.evidence),
    )
    return answer or "", ()


def runner(command: str) -> str:
    """The language of the program that a command runs, "" when its name does not tell."""
    for language, pattern in _RUNNERS.items():
        for found in commands(command):
            name = found[0].rpartition("/")[2] if not found[0].startswith("bin/") else found[0]
            if re.fullmatch(pattern, name) or re.fullmatch(pattern, found[0]):
                return language
            if found[0].startswith("bin/") and any(
                re.fullmatch(pattern, word) for word in found[1:2]
            ):
                return language
    return ""


def _nothing(book: Notebook) -> str:
    below = apps_below(book.view)
    found = tuple(place for places in below.values() for place in places)
    if len(below) > 1:
        book.ask(
            SEVERAL,
            f"several apps live in this repository: which one is it: {', '.join(below)}?",
            "each becomes an app of its own; `moveday files --path FOLDER` takes one of them",
            choices=tuple(below),
            found=found[:12],
        )
        return ""
    book.ask(
        "no-language",
        "the root of this repository shows no language that is known",
        "name the app's folder with `moveday files --path FOLDER`; code that comes from a "
        "buildpack or another repository cannot be read here",
        found=found[:12],
    )
    return ""
