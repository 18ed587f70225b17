"""An app that a project builds: what its Dockerfile tells, and our lines in the stage that runs."""

from collections.abc import Sequence
from posixpath import join, normpath

from wizard.formats.dockerfile import Dockerfile, from_parts, read_dockerfile
from wizard.generate.images.asked import Words
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup
from wizard.model.files import GeneratedFile, Line, newline_of


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
        stage = self._stage(self._read)
        found: dict[str, Words] = {}
        ours = False
        for instruction in self._read.instructions:
            ours = ours or (instruction.word == "COPY" and "/.aptible/" in instruction.rest)
            # What stands behind our own lines was put there by them.
            if (
                not ours
                and instruction.stage == stage
                and instruction.word in ("ENTRYPOINT", "CMD")
            ):
                listed = instruction.listed()
                shell = ("/bin/sh", "-c", instruction.rest)
                found[instruction.word] = shell if listed is None else listed
        return found.get("ENTRYPOINT"), found.get("CMD")

    def with_lines(self, lines: Sequence[Line]) -> GeneratedFile | None:
        """Theirs with our lines at the end of the stage that runs; None when it is not there."""
        before = self._book.view.read(self.path) if self.reachable else None
        if before is None or self._read is None:
            return None
        stage = self._stage(self._read)
        last = max(i.last for i in self._read.instructions if i.stage == stage)
        rows = before.splitlines()
        there = {" ".join(row.split()) for row in rows}
        ours = [line for line in lines if line.text not in there]
        kept = [Line(text=row, rule="F27" if row.strip() else "") for row in rows]
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
