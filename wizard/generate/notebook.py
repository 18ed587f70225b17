"""Collects what the rules find while they look at one state of a repository."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from wizard.formats.errors import FormatError
from wizard.generate.known import Known
from wizard.model.files import Evidence, Finding, OpenQuestion
from wizard.model.question import Question
from wizard.model.repo_view import RepoView

T = TypeVar("T")
LIVE = "inventory"
"""The path of evidence that comes from the live app."""


@dataclass
class Notebook:
    """One look at a repository: what is known, what people answered, what was found so far.

    `today` decides what is out of support. `hooks` are commands that a build step used to run and
    that belong before a deploy. `entrypoint`: the Dockerfile's own entry point gets every command
    as words, without a shell. `placeholders`: names that stay open until the container starts.
    """

    view: RepoView
    known: Known
    answers: Mapping[str, str]
    today: date
    findings: list[Finding] = field(default_factory=list)
    questions: list[OpenQuestion] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    hooks: list[tuple[str, Evidence]] = field(default_factory=list)
    entrypoint: bool = False
    placeholders: dict[str, Evidence] = field(default_factory=dict)
    _read: dict[tuple[str, str], object] = field(default_factory=dict)

    def has(self, path: str) -> bool:
        """Whether a regular file lies at `path`."""
        entry = self.view.entry(path)
        return entry is not None and entry.kind == "file"

    def present(self, *paths: str) -> list[str]:
        """Those of `paths` that are regular files."""
        return [path for path in paths if self.has(path)]

    def text(self, path: str) -> str:
        """A file's text, "" when there is none."""
        return self.view.read(path) or ""

    def parsed(self, path: str, reader: Callable[[str, str], T]) -> T | None:
        """What `reader` makes of a file; None when absent, or broken: then that is a question."""
        key = (path, getattr(reader, "__qualname__", ""))
        if key not in self._read:
            text = self.view.read(path)
            try:
                self._read[key] = None if text is None else reader(text, path)
            except FormatError as error:
                self._read[key] = None
                self.broken(error)
        return self._read[key]  # type: ignore[return-value]

    def broken(self, error: FormatError) -> None:
        """A file that cannot be understood: nothing is decided over its head."""
        self.ask(
            f"broken:{error.path}",
            f"{error.path} cannot be read: {error.why}",
            "what it says may change the files; mend it and run again",
            found=(Evidence(path=error.path, line=error.line, fact=error.why),),
        )

    def note(self, id: str, title: str, remedy: str = "", *evidence: Evidence) -> None:
        """Something worth knowing."""
        self._say(Finding(id=id, level="note", title=title, remedy=remedy, evidence=evidence))

    def warn(self, id: str, title: str, remedy: str = "", *evidence: Evidence) -> None:
        """Something that will hurt."""
        self._say(Finding(id=id, level="warn", title=title, remedy=remedy, evidence=evidence))

    def _say(self, found: Finding) -> None:
        """Once per subject and sentence."""
        if all((one.id, one.title) != (found.id, found.title) for one in self.findings):
            self.findings.append(found)

    def chosen(self, id: str, *choices: str) -> str:
        """What a person chose where nothing has to be asked, "" for no choice."""
        given = self.answers.get(id, "")
        if given not in choices:
            return ""
        self.answered[id] = given
        return given

    def ask(
        self,
        id: str,
        text: str,
        why: str,
        *,
        choices: tuple[str, ...] = (),
        free: bool = False,
        found: tuple[Evidence, ...] = (),
    ) -> str | None:
        """The person's answer, or None: then the question is open.

        Without `choices` and not `free`, no answer helps: something has to be mended.
        """
        given = self.answers.get(id)
        if given is not None and (
            given in choices or (free and given.isprintable() and given.strip())
        ):
            self.answered[id] = given
            return given
        question = Question(
            id=id,
            text=text,
            why=why,
            kind="choice" if choices else "text",
            choices=choices,
            flag="--answers FILE" if choices or free else "",
        )
        if all(open_one.question.id != id for open_one in self.questions):
            self.questions.append(OpenQuestion(question=question, found=found))
        return None
