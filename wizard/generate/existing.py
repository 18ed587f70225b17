"""A Dockerfile that is there: adapted where Aptible would stumble; never replaced here."""

import re
import shlex

from wizard.formats.dockerfile import Dockerfile, Instruction, read_dockerfile
from wizard.formats.package_json import read_package_json
from wizard.generate.base_image import has_entrypoint, serving
from wizard.generate.commands import commands, exec_form, split
from wizard.generate.existing_checks import check_dockerfile, mend_archive
from wizard.generate.existing_copies import keep_secrets_out
from wizard.generate.node_start import development_server
from wizard.generate.notebook import Notebook
from wizard.generate.own_dockerfile import PATH, development_signs
from wizard.generate.processes import ProcessLine
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of

Inserts = dict[int, list[Line]]


def web_of(book: Notebook, path: str) -> ProcessLine | None:
    """The file's own command as the service `web`, for a repository without a Procfile."""
    found = book.parsed(path, read_dockerfile)
    if found is None:
        return None
    last = {i.word: i for i in found.final}
    own = last.get("CMD") or _started_by_entrypoint(found)
    place = Evidence(path=path, line=_last_from(found).line, fact=found.base())
    command = serving(found.base())[0]
    if own is not None:
        place = Evidence(path=path, line=own.line, fact=f"{own.word} {own.rest}"[:80])
        listed = own.listed()
        command = own.rest if listed is None else shlex.join(listed)
        if listed is not None and listed[:2] in (("sh", "-c"), ("bash", "-c")) and len(listed) == 3:
            command = listed[2]
    if not command:
        return None
    plain = _plain_script(book, command)
    signs = development_signs(book, path, found)
    if signs and (development_server(plain) or "runserver" in plain):
        book.warn(
            "development-server:web",
            f"the Dockerfile starts a development server: {plain[:80]}",
            "add a server for production (gunicorn, for one) to the dependencies and name it in "
            "the Procfile's web line",
            place,
        )
    return ProcessLine(name="web", command=plain, evidence=place)


def adapt(
    book: Notebook,
    path: str,
    lines: tuple[ProcessLine, ...],
    command: str,
    gone: tuple[str, ...],
) -> GeneratedFile | None:
    """The file with the few lines that are missing; `command` is the web's, "" for none.

    `gone` are the paths that must not reach the image.
    """
    before = book.view.read(path)
    found = book.parsed(path, read_dockerfile)
    if before is None or found is None:
        return None
    check_dockerfile(book, path, found)
    written = [Line(text=row, rule="F27") for row in before.splitlines()]
    inserts: Inserts = {}
    mend_archive(book, path, found, inserts)
    keep_secrets_out(book, path, found, written, inserts, gone)
    end = _before_command(found)
    inserts.setdefault(end, []).extend(_port(book, path, found, command))
    _without_entrypoint(path, found, lines, command, written, inserts[end])
    merged: list[Line] = []
    for number, line in enumerate(written, 1):
        merged += inserts.get(number, [])
        merged.append(line)
    merged += inserts.get(len(written) + 1, [])
    return GeneratedFile(
        path=PATH,
        lines=tuple(merged),
        before=book.view.read(PATH),
        newline=newline_of(before),
    )


def own_entrypoint(book: Notebook, path: str) -> bool:
    """Whether every command reaches an entry point of the file as words, without a shell."""
    found = book.parsed(path, read_dockerfile)
    if found is None or _started_by_entrypoint(found) is not None:
        return False
    return any(i.word == "ENTRYPOINT" and i.listed() != () for i in found.final)


def _started_by_entrypoint(found: Dockerfile) -> Instruction | None:
    """An ENTRYPOINT that is the app itself: no CMD beside it, or its words would go nowhere."""
    entry = next((i for i in reversed(found.final) if i.word == "ENTRYPOINT"), None)
    alone = not any(i.word == "CMD" for i in found.final)
    shell_form = entry is not None and entry.listed() is None
    return entry if entry is not None and entry.listed() != () and (alone or shell_form) else None


def _plain_script(book: Notebook, command: str) -> str:
    """What `npm start` runs, where that needs nothing of npm: npm hands no signals on."""
    match = re.fullmatch(r"(?:npm|yarn|pnpm)(?:\s+run)?\s+([\w:.-]+)", command.strip())
    package = book.parsed("package.json", read_package_json) if match else None
    if match is None or package is None:
        return command
    name = match.group(1)
    script = package.scripts.get(name, "").strip()
    hooks = {f"pre{name}", f"post{name}"} & package.scripts.keys()
    programs = [found[0] for found in commands(script)]
    plain = len(split(script)) == 1 and programs == ["node"]
    return script if plain and not hooks else command


def _last_from(found: Dockerfile) -> Instruction:
    return next(i for i in reversed(found.instructions) if i.word == "FROM")


def _before_command(found: Dockerfile) -> int:
    """The line number to insert at: before the first CMD, ENTRYPOINT or EXPOSE, else the end."""
    for instruction in found.final:
        if instruction.word in ("CMD", "ENTRYPOINT"):
            return instruction.line
    return found.instructions[-1].last + 1


def _without_entrypoint(
    path: str,
    found: Dockerfile,
    lines: tuple[ProcessLine, ...],
    command: str,
    written: list[Line],
    end: list[Line],
) -> None:
    """Lines of a Procfile need a shell in front of them, not somebody's entry point."""
    place = Evidence(path=path, line=_last_from(found).line, fact=found.base())
    started = _started_by_entrypoint(found)
    seen = [line.evidence for line in lines if line.kept]
    if started is not None and seen:
        row = written[started.line - 1].text
        text = re.sub(r"^(\s*)ENTRYPOINT\b", r"\1CMD", row, flags=re.IGNORECASE)
        where = Evidence(path=path, line=started.line, fact=f"ENTRYPOINT {started.rest}"[:80])
        written[started.line - 1] = Line(text=text, rule="F15", evidence=(where,))
    elif any(i.word == "ENTRYPOINT" for i in found.final):
        return
    if seen and has_entrypoint(found.base()):
        end.append(Line(text="ENTRYPOINT []", rule="F15", evidence=(place, *seen)))
        if command and not started and not any(i.word == "CMD" for i in found.final):
            end.append(Line(text=f"CMD {exec_form(command)}", rule="F16", evidence=(place,)))


def _port(book: Notebook, path: str, found: Dockerfile, command: str) -> list[Line]:
    exposed = [i for i in found.final if i.word == "EXPOSE"]
    ports = [p.partition("/")[0] for i in exposed for p in i.rest.split()]
    sets = any(i.word == "ENV" and re.search(r"(^|\s)PORT[=\s]", i.rest) for i in found.final)
    named = re.search(r"(?:\s-p[ =]?|--port[ =]|--http-port[ =]|:)(\d{2,5})\b", command)
    standing = serving(found.base())[1] or (named.group(1) if named else str(book.known.port))
    port = ports[0] if ports else standing
    lines = [] if sets else [Line(text=f"ENV PORT={port}", rule="F14")]
    if not ports:
        lines.append(Line(text=f"EXPOSE {port}", rule="F14"))
    if len(ports) > 1:
        book.warn(
            "several-ports",
            f"{len(ports)} ports are exposed; Aptible routes to the lowest as text: {min(ports)}",
            "expose only the one that the app listens on",
            *(Evidence(path=path, line=i.line, fact=i.rest) for i in exposed),
        )
    return lines
