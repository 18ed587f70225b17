"""Which commands does the app have, and which of them run for ever?"""

import re
from collections.abc import Iterable
from typing import Literal

from wizard.formats.heroku_yml import read_heroku_yml
from wizard.formats.procfile import read_procfile
from wizard.generate.build_variables import build_variable
from wizard.generate.commands import commands, replace_program, split, words
from wizard.generate.notebook import LIVE, Notebook
from wizard.generate.tables.buildpacks import KNOWN, PROCFILE_FROM, WRAPPERS
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen
from wizard.model.inventory import Process
from wizard.rules.processes import is_singleton

_ONE_OFF_NAMES = re.compile(
    r"^(release|console|shell|rake|bash|migrate|migrations?|db[-_]?migrate|seeds?|seed[-_].*"
    r"|setup|.*[-_]?postdeploy|createsuperuser|migrate[-_].*|cleanup|test|lint|build)$"
)
_ONE_OFF_COMMANDS = re.compile(
    r"\bmanage\.py\s+(migrate|shell\w*|createsuperuser|loaddata|collectstatic|dbshell|flush|test"
    r"|makemigrations|clearsessions)\b|\bflask\s+(db\s+\w+|shell)\b|\balembic\s+(upgrade|downgrade)\b"
    r"|\b(rails|rake)\s+(db:\S+|console|c|dbconsole)(\s|$)|^(bundle exec )?(irb|pry)\b"
    r"|\bprisma\s+(migrate|db)\b|\bknex\s+(migrate|seed)|\bsequelize(-cli)?\s+db:|\btypeorm\s+migration"
    r"|^(npm run|yarn( run)?|pnpm( run)?)\s+\S*(migrate|seed)\S*$|^\s*(bash|sh|node|python3?)\s*$"
)
_DEVELOPMENT = re.compile(
    r"--watch\b|\b\w+-dev-server\b|\bvite dev\b|\bguard\b|\bbrowser-sync\b|\blive-?server\b"
    r"|\bdocker(-| )compose\b|\bpostgres -D\b|\bredis-server\b|\bmailcatcher\b|\bngrok\b"
)
_AT_HOME = re.compile(r"\blocalhost\b|\b127\.0\.0\.1\b")


class ProcessLine(Frozen):
    """One process type. `action`: kept as a service, a deploy hook, or left out with a `reason`."""

    name: str
    command: str
    action: Literal["service", "hook", "left-out"] = "service"
    reason: str = ""
    single: bool = False
    evidence: Evidence
    stripped: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether it becomes a service."""
        return self.action == "service"


def read_processes(book: Notebook) -> tuple[ProcessLine, ...]:
    """Every process type: of the Procfile, of heroku.yml, then what only the live app has."""
    found: dict[str, ProcessLine] = {}
    for name, command, evidence in [*_of_procfile(book), *_of_heroku_yml(book)]:
        found.setdefault(name, _judged(name, command, evidence))
    from_files = bool(found)
    for name, command in book.known.processes.items():
        evidence = Evidence(path=LIVE, fact=f"{name} runs there")
        if name not in found and command and (name == "web" or not from_files):
            found[name] = _judged(name, command, evidence)
        elif name in found and command and command.strip() != found[name].command.strip():
            book.note(
                f"process-differs:{name}",
                f"the live {name} runs another command than the Procfile's",
                "the Procfile's is taken: it is what the next deploy would run",
                found[name].evidence,
                evidence,
            )
    _look_for_development(book, found.values())
    return tuple(_stripped(book, line) for line in found.values())


def _of_procfile(book: Notebook) -> list[tuple[str, str, Evidence]]:
    path = procfile_path(book)
    procfile = book.parsed(path, read_procfile)
    if procfile is None:
        return []
    for skipped in procfile.skipped:
        place = Evidence(path=path, line=skipped.line, fact=skipped.text[:80])
        book.note("procfile-line", "a line of the Procfile is no entry and is dropped", "", place)
    for name in procfile.doubled:
        book.warn("procfile-twice", f"the Procfile names {name} twice: the last one counts")
    entries = []
    for entry in procfile.entries:
        evidence = Evidence(path=path, line=entry.line, fact=f"{entry.name} is here")
        if not entry.colon:
            book.warn(
                "procfile-colon", f"{entry.name} has no colon; Aptible needs one", "", evidence
            )
        entries.append((entry.name, entry.command, evidence))
    return entries


def procfile_path(book: Notebook) -> str:
    """The Procfile that ran: a buildpack may have put another one in its place."""
    named = " ".join([*book.known.buildpacks, book.text("app.json"), book.text(".buildpacks")])
    for buildpack, variable in PROCFILE_FROM.items():
        if buildpack in named:
            why = f"{buildpack} takes the file it names as the Procfile"
            found = build_variable(book, variable, why)
            if found is not None and book.has(found[0]):
                return found[0]
    return "Procfile"


def _of_heroku_yml(book: Notebook) -> list[tuple[str, str, Evidence]]:
    manifest = book.parsed("heroku.yml", read_heroku_yml)
    if manifest is None:
        return []
    where = Evidence(path="heroku.yml", fact="is read for containers")
    found = [(name, command, where) for name, command in manifest.run.items() if command]
    return found + [("release", command, where) for command in manifest.release]


def _judged(name: str, command: str, evidence: Evidence) -> ProcessLine:
    line = ProcessLine(name=name, command=command, evidence=evidence)
    if name == "release":
        return line.model_copy(update={"action": "hook", "reason": "runs once per deploy"})
    if name != "web" and (_ONE_OFF_NAMES.match(name) or _ONE_OFF_COMMANDS.search(command)):
        reason = "ends by itself: Aptible would start it again for ever"
        return line.model_copy(update={"action": "left-out", "reason": reason})
    probe = Process(name=name, command=command, quantity=1, size="", where="")
    return line.model_copy(update={"single": is_singleton(probe)})


def _look_for_development(book: Notebook, lines: Iterable[ProcessLine]) -> None:
    lines = list(lines)
    signs = [line for line in lines if _DEVELOPMENT.search(line.command)]
    web = next((line for line in lines if line.name == "web"), None)
    serves = web is not None and web not in signs and not _AT_HOME.search(web.command)
    said = _said_in_comments(book)
    if not said and (not signs or serves):
        return
    book.ask(
        "procfile-development",
        "the Procfile looks as if it were for a developer's machine: what does the app run?",
        "watchers and local databases are no services; write the real Procfile, or rename this one "
        "to Procfile.dev",
        found=(
            *(line.evidence.model_copy(update={"fact": line.command[:80]}) for line in signs),
            *said,
        ),
    )


def _said_in_comments(book: Notebook) -> tuple[Evidence, ...]:
    """A Procfile in two parts, whose production part is commented out."""
    path = procfile_path(book)
    rows = book.text(path).split("\n")
    titles = [
        Evidence(path=path, line=number, fact=row.strip("#= \r")[:80])
        for number, row in enumerate(rows, 1)
        if re.match(r"^#[#=\s]*(development|production)\b[#=:\s]*$", row, re.IGNORECASE)
    ]
    asleep = any(re.match(r"^#+\s*web\s*:", row) for row in rows)
    names = [title.fact.rstrip(": ").lower() for title in titles]
    return tuple(titles[:2]) if asleep and names[:2] == ["development", "production"] else ()


def _stripped(book: Notebook, line: ProcessLine) -> ProcessLine:
    command, gone = line.command, []
    for pattern, key in WRAPPERS:
        for part, _ in split(command):
            first = next((w for w in words(part) if re.fullmatch(pattern, w)), "")
            if pattern == "je" and not re.match(r"(exec )?(bundle exec )?je ", part):
                continue
            # A script of that name in the repository is the app's own, unless it was copied there.
            own = book.text(first.removeprefix("./")) if first else ""
            if first and (not book.has(first.removeprefix("./")) or "buildpack=" in own):
                command = replace_program(command, [first], "").replace("  ", " ")
                gone.append(key)
                if KNOWN[key].note:
                    book.note(f"buildpack:{key}", KNOWN[key].note, "", line.evidence)
    return line.model_copy(update={"command": command, "stripped": tuple(gone)})


def with_hooks(book: Notebook, lines: tuple[ProcessLine, ...]) -> tuple[ProcessLine, ...]:
    """What a build used to do to the database joins the release line, or becomes one."""
    if not book.hooks:
        return lines
    release = next((line for line in lines if line.action == "hook"), None)
    commands = [command for command, _ in book.hooks]
    if release is not None:
        joined = " && ".join([*commands, release.command])
        return tuple(
            line.model_copy(update={"command": joined}) if line is release else line
            for line in lines
        )
    hook = ProcessLine(
        name="release", command=" && ".join(commands), action="hook", evidence=book.hooks[0][1]
    )
    return (*lines, hook)


def programs(lines: Iterable[ProcessLine]) -> set[str]:
    """The first words of every simple command."""
    return {found[0] for line in lines for found in commands(line.command)}
