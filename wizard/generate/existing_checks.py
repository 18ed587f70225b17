"""What is wrong with a Dockerfile that is there: findings, and a question where it cannot build."""

import re

from wizard.formats.dockerfile import Dockerfile, Instruction, from_parts
from wizard.generate.base_image import gone_debian
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence, Line

_SECRET = re.compile(
    r"(?i)(^|_)(SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE|CREDENTIALS?|ACCESS_KEY)(_|$)"
)
_ARCHIVE = (
    "RUN sed -i -e 's|deb.debian.org|archive.debian.org|g'"
    " -e 's|security.debian.org|archive.debian.org|g' -e '/-updates/d' /etc/apt/sources.list"
)
_MIGRATES = re.compile(
    r"\bdb:(?:prepare|migrate|setup)\b|\bmanage\.py\s+migrate\b|\bprisma\s+migrate\s+deploy\b"
    r"|\balembic\s+upgrade\b|\bartisan\s+migrate\b|\bflask\s+db\s+upgrade\b"
)


def check_dockerfile(book: Notebook, path: str, found: Dockerfile) -> None:
    """Secrets, arguments that nobody passes, root, a base image that moves."""
    for instruction in found.instructions:
        fact = f"{instruction.word} {instruction.rest}"[:60]
        place = Evidence(path=path, line=instruction.line, fact=fact)
        if instruction.word in ("ARG", "ENV"):
            _variable(book, instruction, place)
        if instruction.word in ("COPY", "ADD") and any(
            re.fullmatch(r"(\./)?\.env(\.\w+)?", s) for s in instruction.sources()
        ):
            book.warn("secret-copied", "a .env file is copied into the image", "remove it", place)
    line = next(i for i in reversed(found.instructions) if i.word == "FROM").line
    if not any(i.word == "USER" and not re.match(r"(root|0)\b", i.rest) for i in found.final):
        place = Evidence(path=path, line=line, fact="no USER in the last stage")
        book.warn(
            "root-user",
            "the app runs as root",
            "create a user, give it the folders it writes to, and add USER with its number",
            place,
        )
    _migrates_at_start(book, found)
    base = found.base()
    if base.endswith(":latest") or (":" not in base and "@" not in base and base != "scratch"):
        place = Evidence(path=path, line=line, fact=base)
        book.warn(
            "moving-image", "the base image has no fixed version", "name one, as tested", place
        )


def _migrates_at_start(book: Notebook, found: Dockerfile) -> None:
    """Rails' own template does: then every container of a service changes the schema at once."""
    entry = next((i for i in reversed(found.final) if i.word == "ENTRYPOINT"), None)
    words = (entry.listed() or tuple(entry.rest.split())) if entry else ()
    name = next((word.rpartition("/")[2] for word in words if "/" in word), "")
    script = next(iter(book.present(f"bin/{name}", name, f"docker/{name}")), "") if name else ""
    for number, row in enumerate(book.text(script).split("\n"), 1) if script else ():
        if _MIGRATES.search(row) and not row.lstrip().startswith("#"):
            book.warn(
                "entrypoint-migrates",
                f"{script} changes the database's schema when a container starts: several of them "
                "start at once, and a failure stops the app, not the deploy",
                "take it out, and leave it to before_deploy in .aptible.yml",
                Evidence(path=script, line=number, fact=row.strip()[:60]),
            )
            return


def mend_archive(
    book: Notebook, path: str, found: Dockerfile, inserts: dict[int, list[Line]]
) -> None:
    """apt-get fails on a Debian whose archive moved: that is asked before anybody waits."""
    for start in (i for i in found.instructions if i.word == "FROM"):
        image = found.with_defaults(from_parts(start.rest)[0])
        release = gone_debian(image)
        steps = [
            i
            for i in found.instructions
            if i.stage == start.stage and i.word == "RUN" and re.search(r"\bapt(-get)?\b", i.rest)
        ]
        if not release:
            continue
        place = Evidence(path=path, line=start.line, fact=f"FROM {image}")
        if not steps:
            book.warn(
                "eol-base",
                f"{image} stands on {release}, which gets no security fixes any more",
                "it still builds, since nothing is fetched by apt-get; plan the update",
                place,
            )
            continue
        answer = book.ask(
            "eol-base",
            f"{image} stands on {release}, whose packages moved: apt-get update fails. What now?",
            "better: name a newer base image, and test it; `archive` reads archive.debian.org, "
            "which gets no security fixes",
            choices=("archive",),
            found=(place, Evidence(path=path, line=steps[0].line, fact=steps[0].rest[:60])),
        )
        if answer:
            line = Line(text=_ARCHIVE, rule="F40", evidence=(place,))
            inserts.setdefault(start.last + 1, []).append(line)


def _variable(book: Notebook, instruction: Instruction, place: Evidence) -> None:
    names = re.findall(r"(?:^|\s)([A-Za-z_]\w*)(?==|$|\s)", instruction.rest)
    secret = next((name for name in names if _SECRET.search(name)), "")
    if secret:
        book.warn(
            "secret-in-dockerfile",
            f"{secret} in the Dockerfile stays readable in the image for ever",
            "remove it and set it as configuration; if the value was real, revoke it",
            place.model_copy(update={"fact": f"{instruction.word} {secret}"}),
        )
    elif instruction.word == "ARG" and re.match(r"\w+_URL\b|DATABASE", instruction.rest):
        book.warn(
            "build-argument",
            "Aptible passes no build arguments: this stays empty",
            "read .aptible.env in the RUN that needs it",
            place,
        )
