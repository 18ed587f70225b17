"""An app that a project builds: what its Dockerfile tells, and our lines in the stage that runs."""

from collections.abc import Sequence
from posixpath import join, normpath

from wizard.formats.dockerfile import Dockerfile, read_dockerfile
from wizard.formats.dockerfile_image import ToldImage, stage_of, told_image
from wizard.generate.notebook import Notebook
from wizard.model.containers import AppGroup
from wizard.model.files import GeneratedFile, Line, newline_of

_SETTINGS = frozenset({"USER", "WORKDIR", "STOPSIGNAL", "ENTRYPOINT"})


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
    def image(self) -> ToldImage:
        """What the stage that runs tells."""
        return ToldImage() if self._read is None else told_image(self._read, self._app.target)

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
        stage = stage_of(read, self._app.target)
        own = [i for i in read.instructions if i.stage == stage]
        first, last = own[0].line - 1, own[-1].last
        kept = (
            [Line(text=row, rule="F27" if row.strip() else "") for row in before.splitlines()]
            if earlier is None
            else list(earlier.lines)
        )
        ours = _missing(kept[first:last], lines)
        return GeneratedFile(
            path=self.path,
            lines=(*kept[:last], *ours, *kept[last:]),
            before=before,
            newline=newline_of(before),
        )


def _missing(kept: Sequence[Line], lines: Sequence[Line]) -> list[Line]:
    """Those of `lines` that are not there yet. Of a setting the last one counts, so one that
    stands above another is none."""
    there = {" ".join(line.text.split()) for line in kept}
    last = {text.partition(" ")[0]: text for line in kept if (text := " ".join(line.text.split()))}
    found: list[Line] = []
    for line, then in zip(lines, (*lines[1:], None), strict=True):
        word = line.text.partition(" ")[0]
        new = last.get(word) != line.text if word in _SETTINGS else line.text not in there
        # Root is only asked for what the next line does.
        if new and not (line.text == "USER root" and then is not None and then.text in there):
            found.append(line)
            last[word] = line.text
    return found
