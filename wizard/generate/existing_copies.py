"""A kept Dockerfile's `COPY . .`: what must not stay in the image is dropped by a stage before."""

import posixpath
import re

from wizard.formats.dockerfile import Dockerfile, Instruction, from_parts
from wizard.generate.configuration_mount import bound, mount_chosen
from wizard.generate.notebook import Notebook
from wizard.model.files import Evidence, Line

CONFIGURATION = ".aptible.env"
_WITHOUT_SHELL = re.compile(r"^scratch$|distroless|/static\b|chainguard")
_DROPS = r"\brm -r?f[^&|;]*\.aptible\.env"
_PLAIN = "debian:bookworm-slim"


def keep_secrets_out(
    book: Notebook,
    path: str,
    found: Dockerfile,
    written: list[Line],
    inserts: dict[int, list[Line]],
    gone: tuple[str, ...],
) -> None:
    """Rewrite each bare COPY whose result reaches the image; what a build step reads stays."""
    last = found.instructions[-1].stage
    rewritten: list[Instruction] = []
    for stage in range(last + 1):
        bare = _bare(found, stage)
        if not bare or not (stage == last or _reaches_image(found, stage, bare)):
            continue
        steps = [i for i in found.instructions if i.stage == stage and i.word == "RUN"]
        touches = [i for i in steps if CONFIGURATION in i.rest]
        dropped = [i for i in touches if re.search(_DROPS, i.rest) and i.line > bare[-1].line]
        if stage != last and dropped and all(name in dropped[-1].rest for name in gone):
            continue
        reads = [i for i in touches if i not in dropped]
        if reads and mount_chosen(book):
            for step in reads:
                for row in range(step.line - 1, step.last):
                    evidence = Evidence(path=path, line=step.line, fact=step.rest[:60])
                    text = bound(written[row].text)
                    written[row] = Line(text=text, rule="F45", evidence=(evidence,))
            reads = []
        if not reads:
            rewritten += bare
        elif stage == last:
            book.warn(
                "configuration-in-layer",
                "a step reads .aptible.env, which COPY left in the image: everybody who can pull "
                "the image reads the whole configuration",
                "answer `aptible-env: mount` where the builder is BuildKit, or `dockerfile: "
                "replace` for a Dockerfile with a stage that is thrown away",
                *(Evidence(path=path, line=i.line, fact=i.rest[:60]) for i in (*bare, *reads)),
            )
        else:
            _dropped_at_end(path, found, stage, bare, inserts, gone)
    if rewritten:
        _through_a_stage(path, found, rewritten, written, inserts, gone)


def _bare(found: Dockerfile, stage: int) -> list[Instruction]:
    return [
        i
        for i in found.instructions
        if i.stage == stage
        and i.word in ("COPY", "ADD")
        and any(s in (".", "./") for s in i.sources())
        and i.listed() is None
        and i.line == i.last
    ]


def _reaches_image(found: Dockerfile, stage: int, bare: list[Instruction]) -> bool:
    """Whether the last stage takes the folder the code was copied to, or one above it."""
    start = next(i for i in found.instructions if i.word == "FROM" and i.stage == stage)
    names = {str(stage), from_parts(start.rest)[1].lower()} - {""}
    target = _target(found, stage, bare[-1])
    for instruction in found.final:
        words = instruction.rest.split()
        origin = next((w[7:] for w in words if w.startswith("--from=")), "")
        if instruction.word != "COPY" or origin.lower() not in names:
            continue
        source = posixpath.normpath(next(w for w in words if not w.startswith("--")))
        if not target or target == source or target.startswith(f"{source.rstrip('/')}/"):
            return True
    return False


def _target(found: Dockerfile, stage: int, copy: Instruction) -> str:
    """The folder a COPY fills, "" while the base image's own WORKDIR decides."""
    folder = ""
    for instruction in found.instructions:
        if instruction.stage != stage or instruction.line > copy.line:
            continue
        if instruction.word == "WORKDIR":
            folder = posixpath.join(folder, instruction.rest.strip("\"'"))
    target = posixpath.normpath(posixpath.join(folder, copy.rest.split()[-1]))
    return target if target.startswith("/") else ""


def _dropped_at_end(
    path: str,
    found: Dockerfile,
    stage: int,
    bare: list[Instruction],
    inserts: dict[int, list[Line]],
    gone: tuple[str, ...],
) -> None:
    """A stage that needs the configuration loses it before anything is taken from it."""
    after = next(i for i in found.instructions if i.word == "FROM" and i.stage == stage + 1)
    target = _target(found, stage, bare[-1]) or "."
    paths = " ".join(f"{target}/{name}" for name in (CONFIGURATION, ".git", *gone))
    evidence = tuple(Evidence(path=path, line=i.line, fact=f"{i.word} {i.rest}") for i in bare)
    inserts.setdefault(after.line, []).append(
        Line(text=f"RUN rm -rf {paths}", rule="F29", evidence=evidence)
    )


def _through_a_stage(
    path: str,
    found: Dockerfile,
    bare: list[Instruction],
    written: list[Line],
    inserts: dict[int, list[Line]],
    gone: tuple[str, ...],
) -> None:
    starts = [i for i in found.instructions if i.word == "FROM"]
    own = next(i for i in starts if i.stage == bare[0].stage)
    image, _ = from_parts(own.rest)
    names = {from_parts(i.rest)[1].lower() for i in starts}
    evidence = tuple(Evidence(path=path, line=i.line, fact=f"{i.word} {i.rest}") for i in bare)
    inherited = image.lower() in names
    base = _PLAIN if inherited or _WITHOUT_SHELL.search(image) else image
    paths = " ".join(f"/source/{name}" for name in (CONFIGURATION, ".git", *gone))
    name = "source" if "source" not in names else "source-without-secrets"
    texts = [f"FROM {base} AS {name}", "COPY . /source", f"RUN rm -rf {paths}"]
    stage = [Line(text=text, rule="F29", evidence=evidence) for text in texts]
    inserts.setdefault(starts[0].line, []).extend([*stage, Line(text="")])
    for instruction in bare:
        words = instruction.rest.split()
        flags = [word for word in words if word.startswith("--")]
        text = " ".join(["COPY", f"--from={name}", *flags, "/source", words[-1]])
        written[instruction.line - 1] = Line(text=text, rule="F29", evidence=evidence)
