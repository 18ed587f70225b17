"""A Dockerfile that is there: checked, and adapted where Aptible would stumble; never replaced."""

import re

from wizard.formats.dockerfile import Dockerfile, Instruction, from_parts, read_dockerfile
from wizard.generate.commands import exec_form, needs_shell
from wizard.generate.node_start import development_server
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of

_SECRET = re.compile(
    r"(?i)(^|_)(SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE|CREDENTIALS?|ACCESS_KEY)(_|$)"
)
_ENTRYPOINTS = ("node", "php", "eclipse-temurin", "nginx", "postgres", "redis")
_PATH = "Dockerfile"


def adapt(
    book: Notebook, path: str, lines: tuple[ProcessLine, ...], command: str
) -> GeneratedFile | None:
    """The file with the few lines that are missing; `command` is the web's, "" for none."""
    before = book.view.read(path)
    found = book.parsed(path, read_dockerfile)
    if before is None or found is None:
        return None
    _check(book, path, found)
    rows = before.splitlines()
    written = [Line(text=row, rule="F27") for row in rows]
    inserts: dict[int, list[Line]] = {}
    _keep_secrets_out(path, found, written, inserts)
    end = _before_command(found)
    inserts.setdefault(end, []).extend(_port(book, path, found))
    if not any(i.word == "ENTRYPOINT" for i in found.final) and _has_entrypoint(found.base()):
        shells = [line.evidence for line in lines if line.kept and needs_shell(line.command)]
        if shells:
            place = Evidence(path=path, line=_last_from(found).line, fact=found.base())
            inserts[end].append(Line(text="ENTRYPOINT []", rule="F15", evidence=(place, *shells)))
            if command and not any(i.word == "CMD" for i in found.final):
                text = f"CMD {exec_form(command)}"
                inserts[end].append(Line(text=text, rule="F16", evidence=(place,)))
    merged: list[Line] = []
    for number, line in enumerate(written, 1):
        merged += inserts.get(number, [])
        merged.append(line)
    merged += inserts.get(len(written) + 1, [])
    return GeneratedFile(
        path=_PATH,
        lines=tuple(merged),
        before=book.view.read(_PATH),
        newline=newline_of(before),
    )


def looks_like_development(book: Notebook, found: Dockerfile) -> tuple[Evidence, ...]:
    """Signs that a Dockerfile was never meant for production."""
    signs = []
    for instruction in found.final:
        text = " ".join(instruction.listed() or (instruction.rest,))
        place = Evidence(path=_PATH, line=instruction.line, fact=text[:80])
        if instruction.word == "CMD" and (
            development_server(text) or re.search(r"\brunserver\b|--reload\b|flask run", text)
        ):
            signs.append(place)
        if instruction.word == "FROM" and text.startswith("heroku/"):
            signs.append(place)
    return tuple(signs)


def _last_from(found: Dockerfile) -> Instruction:
    return next(i for i in reversed(found.instructions) if i.word == "FROM")


def _before_command(found: Dockerfile) -> int:
    """The line number to insert at: before the first CMD, ENTRYPOINT or EXPOSE, else the end."""
    for instruction in found.final:
        if instruction.word in ("CMD", "ENTRYPOINT"):
            return instruction.line
    return found.instructions[-1].last + 1


def _keep_secrets_out(
    path: str, found: Dockerfile, written: list[Line], inserts: dict[int, list[Line]]
) -> None:
    """`COPY . .` in the final stage would keep .aptible.env for ever: a stage before drops it."""
    bare = [
        i
        for i in found.final
        if i.word in ("COPY", "ADD")
        and any(s in (".", "./") for s in i.sources())
        and i.listed() is None
        and i.line == i.last
    ]
    if not bare:
        return
    base, _ = from_parts(_last_from(found).rest)
    evidence = tuple(Evidence(path=path, line=i.line, fact=f"{i.word} {i.rest}") for i in bare)
    first = next(i for i in found.instructions if i.word == "FROM")
    stage = [
        Line(text=f"FROM {base} AS source", rule="F29", evidence=evidence),
        Line(text="COPY . /source", rule="F29", evidence=evidence),
        Line(text="RUN rm -rf /source/.aptible.env /source/.git", rule="F29", evidence=evidence),
        Line(text=""),
    ]
    names = {from_parts(i.rest)[1].lower() for i in found.instructions if i.word == "FROM"}
    at = _last_from(found).line if base.lower() in names else first.line
    inserts.setdefault(at, []).extend(stage)
    for instruction in bare:
        words = instruction.rest.split()
        flags = [word for word in words if word.startswith("--")]
        target = words[-1]
        text = " ".join(["COPY", "--from=source", *flags, "/source", target])
        written[instruction.line - 1] = Line(text=text, rule="F29", evidence=evidence)


def _port(book: Notebook, path: str, found: Dockerfile) -> list[Line]:
    exposed = [i for i in found.final if i.word == "EXPOSE"]
    ports = [p.partition("/")[0] for i in exposed for p in i.rest.split()]
    sets = any(i.word == "ENV" and re.search(r"(^|\s)PORT[=\s]", i.rest) for i in found.final)
    port = ports[0] if ports else str(book.known.port)
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


def _has_entrypoint(image: str) -> bool:
    name = image.removeprefix("docker.io/").removeprefix("library/").partition(":")[0]
    return name in _ENTRYPOINTS


def _check(book: Notebook, path: str, found: Dockerfile) -> None:
    for instruction in found.instructions:
        place = Evidence(
            path=path, line=instruction.line, fact=f"{instruction.word} {instruction.rest}"[:60]
        )
        if instruction.word in ("ARG", "ENV"):
            names = re.findall(r"(?:^|\s)([A-Za-z_]\w*)(?==|$|\s)", instruction.rest)
            secret = next((name for name in names if _SECRET.search(name)), "")
            if secret:
                place = place.model_copy(update={"fact": f"{instruction.word} {secret}"})
                book.warn(
                    "secret-in-dockerfile",
                    f"{secret} in the Dockerfile stays readable in the image for ever",
                    "remove it and set it as configuration; if the value was real, revoke it",
                    place,
                )
            elif instruction.word == "ARG" and re.match(r"\w+_URL\b|DATABASE", instruction.rest):
                book.warn(
                    "build-argument",
                    "Aptible passes no build arguments: this stays empty",
                    "read .aptible.env in the RUN that needs it",
                    place,
                )
        if instruction.word in ("COPY", "ADD") and any(
            re.fullmatch(r"(\./)?\.env(\.\w+)?", s) for s in instruction.sources()
        ):
            book.warn("secret-copied", "a .env file is copied into the image", "remove it", place)
    if not any(i.word == "USER" and not re.match(r"(root|0)\b", i.rest) for i in found.final):
        place = Evidence(path=path, line=_last_from(found).line, fact="no USER in the last stage")
        book.warn(
            "root-user",
            "the app runs as root",
            "create a user, give it the folders it writes to, and add USER with its number",
            place,
        )
    base = found.base()
    if base.endswith(":latest") or (":" not in base and "@" not in base and base != "scratch"):
        place = Evidence(path=path, line=_last_from(found).line, fact=base)
        book.warn(
            "moving-image", "the base image has no fixed version", "name one, as tested", place
        )
