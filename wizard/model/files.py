"""The app's files as proposed: each line with its evidence, and what could not be decided."""

import difflib
from typing import Literal

from wizard.model.frozen import Frozen
from wizard.model.question import Question

Confidence = Literal["certain", "likely", "assumed"]


class Evidence(Frozen):
    """Where a fact was seen: `path` in the repository or "inventory"; `line` 0 for the whole."""

    path: str
    line: int = 0
    fact: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place} {self.fact}".strip()


class Line(Frozen):
    """One line of a file (or one instruction over several) and why it is there.

    `rule` is an id of `wizard.generate.because.RULES`; "" for an empty line.
    """

    text: str
    rule: str = ""
    evidence: tuple[Evidence, ...] = ()
    confidence: Confidence = "certain"


class GeneratedFile(Frozen):
    """One file as it should be. `before` is what is there now, None when nothing is.

    `newline` is the line ending it is written with: the one that is there. `exact` is the text
    when only some changes of it were chosen; then `lines` are those of the whole proposal.
    """

    path: str
    lines: tuple[Line, ...]
    before: str | None = None
    newline: Literal["\n", "\r\n"] = "\n"
    exact: str | None = None

    @property
    def text(self) -> str:
        """The whole file, with its own line endings."""
        if self.exact is not None:
            return self.exact
        return "".join(line.text.replace("\n", self.newline) + self.newline for line in self.lines)

    @property
    def changed(self) -> bool:
        """Whether it differs from what is there; an end of line at the end of the file is none."""
        return self.before is None or self.text.rstrip("\r\n") != self.before.rstrip("\r\n")

    def diff(self) -> str:
        """A unified diff from what is there to what should be, "" when they are the same."""
        if not self.changed:
            return ""
        old = (self.before or "").splitlines()
        new = self.text.splitlines()
        source = "/dev/null" if self.before is None else f"a/{self.path}"
        found = list(difflib.unified_diff(old, new, source, f"b/{self.path}", lineterm=""))
        if not found and self.changed:
            return f"--- {source}\n+++ b/{self.path}\n(line endings only)"
        return "\n".join(found)


class Finding(Frozen):
    """Something a person should know, with what to do about it; it stops nothing."""

    id: str
    level: Literal["note", "warn"]
    title: str
    remedy: str = ""
    evidence: tuple[Evidence, ...] = ()


class OpenQuestion(Frozen):
    """What the repository does not answer, and what was found in it."""

    question: Question
    found: tuple[Evidence, ...] = ()


class LanguageMatch(Frozen):
    """A language the repository shows signs of. `strong`: enough to build by."""

    language: str
    strong: bool
    evidence: tuple[Evidence, ...]


class Proposal(Frozen):
    """Everything `moveday files` has to say about one state of a repository.

    `main` is "" while it is open. With `questions` there may still be files: they hold what could
    be decided, and are not written.
    """

    main: str
    helpers: tuple[str, ...] = ()
    matches: tuple[LanguageMatch, ...] = ()
    files: tuple[GeneratedFile, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()
    findings: tuple[Finding, ...] = ()
    answered: dict[str, str] = {}

    @property
    def changes(self) -> tuple[GeneratedFile, ...]:
        """The files that differ from what is there."""
        return tuple(file for file in self.files if file.changed)

    def file(self, path: str) -> GeneratedFile | None:
        """The proposed file at `path`."""
        return next((file for file in self.files if file.path == path), None)


def newline_of(text: str | None) -> Literal["\n", "\r\n"]:
    """The line ending a text uses; the usual one for a new file."""
    return "\r\n" if text is not None and "\r\n" in text else "\n"
