"""An app that a project builds: what its Dockerfile tells, and our lines in the stage that runs."""

from collections.abc import Sequence
from posixpath import join, normpath

from wizard.formats.dockerfile import Dockerfile, from_parts, read_dockerfile
from wizard.generate.images.asked import Words
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup
from wizard.model.files import GeneratedFile, Line, newline_of

_DEEPEST = 50


class OwnBuild:
    """The Dockerfile of one app. `base`: the project's folder in the view, "" for its own."""

    def __init__(self, book: Notebook, app: AppGroup, base: str) -> None:
        self._book, self._app = book, app
        context = app.build
        remote = "://" in context or context.startswith(("git@", "github.com"))
        folder = normpath(join(base, context))
        outside = folder.startswith(("..", "/")) or context.startswith(("/", "~"))
        self.reachable = not (remote or outside or app.inline)
        self.folder = "" if folder == "." else f"{folder}/"
        self.path = normpath(f"{self.folder}{app.dockerfile or 'Dockerfile'}")
        self.reachable = self.reachable and not self.path.startswith("..") and book.has(self.path)
        self._read: Dockerfile | None = None
        if self.reachable:
            self._read = book.parsed(self.path, read_dockerfile)

    @property
    def image(self) -> tuple[Words | None, Words | None]:
        """ENTRYPOINT and CMD as the stage that runs has them; None where only its base knows."""
        if self._read is None:
            return None, None
        found = _told(self._read, self._stage(self._read))
        return found.get("ENTRYPOINT"), found.get("CMD")

    def with_lines(
        self, lines: Sequence[Line], earlier: GeneratedFile | None
    ) -> GeneratedFile | None:
        """Theirs with our lines at the end of the stage that runs; None when it is not there.

        `earlier` is what another app of the same file has made of it.
        """
        before = self._book.view.read(self.path) if self.reachable else None
        if before is None or self._read is None:
            return None
        read = self._read if earlier is None else read_dockerfile(earlier.text, self.path)
        stage = self._stage(read)
        last = max(i.last for i in read.instructions if i.stage == stage)
        kept = (
            [Line(text=row, rule="F27" if row.strip() else "") for row in before.splitlines()]
            if earlier is None
            else list(earlier.lines)
        )
        there = {" ".join(line.text.split()) for line in kept}
        ours = [line for line in lines if line.text not in there]
        return GeneratedFile(
            path=self.path,
            lines=(*kept[:last], *ours, *kept[last:]),
            before=before,
            newline=newline_of(before),
        )

    def _stage(self, found: Dockerfile) -> int:
        """The number of the stage that becomes the image: the named one, else the last."""
        for instruction in found.instructions:
            if instruction.word == "FROM" and self._app.target:
                _, alias = from_parts(instruction.rest)
                if alias.lower() == self._app.target.lower():
                    return instruction.stage
        return found.instructions[-1].stage


def _told(found: Dockerfile, stage: int) -> dict[str, Words]:
    """ENTRYPOINT and CMD of a stage, with what it has from the stages that it begins with."""
    told: dict[str, Words] = {}
    for each in reversed(_line_of_stages(found, stage)):
        here = _own(found, each)
        if "ENTRYPOINT" in here:
            # Docker drops a command that was meant for another entry point.
            told.pop("CMD", None)
        told |= here
    return told


def _line_of_stages(found: Dockerfile, stage: int) -> list[int]:
    """The stage, the one that it begins with, and so on, as far as they are in this file."""
    starts = {i.stage: from_parts(i.rest) for i in found.instructions if i.word == "FROM"}
    line = [stage]
    while len(line) <= _DEEPEST:
        image = starts[line[-1]][0].lower()
        before = [s for s, (_, alias) in starts.items() if s < line[-1] and alias.lower() == image]
        if not before or not image:
            return line
        line.append(max(before))
    return line


def _own(found: Dockerfile, stage: int) -> dict[str, Words]:
    here: dict[str, Words] = {}
    for instruction in found.instructions:
        if instruction.stage != stage:
            continue
        if instruction.word == "COPY" and "/.aptible/" in instruction.rest:
            # What stands behind our own lines was put there by them.
            break
        if instruction.word in ("ENTRYPOINT", "CMD"):
            listed = instruction.listed()
            shell = ("/bin/sh", "-c", instruction.rest)
            here[instruction.word] = shell if listed is None else listed
    return here
