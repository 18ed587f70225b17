"""The command line as a front end: talk to stderr, questions by flag or prompt, a person's hook."""

import sys
import time
from dataclasses import dataclass, field

from wizard.cli.hook import tell_hook
from wizard.cli.prompt import ask_line, ask_yes_no
from wizard.cli.question_words import prompt_words, question_words
from wizard.cli.talk import show
from wizard.engine.events import (
    Event,
    LogLine,
    Moving,
    PersonNeeded,
    Said,
    TaskFailed,
    TaskFinished,
    TaskStarted,
    TaskUndone,
)
from wizard.forecast.pace_words import pace_words
from wizard.model.database import MoveProgress
from wizard.model.question import Answer, Question
from wizard.safety.clean import clean


@dataclass
class CommandLine:
    """Answers come from `flags` (question id → value) or, at a terminal, from the person."""

    flags: dict[str, str] = field(default_factory=dict)
    patience: float = 600.0
    quiet: bool = False
    _shown: float = 0.0
    _stalled: str = ""

    def hear(self, event: Event) -> None:
        """Print one event as a line."""
        if self.quiet:
            return
        match event:
            case Said(text, level):
                show(f"  {'! ' if level == 'warn' else ''}{text}")
            case TaskStarted(_, title, _):
                show(f"▸ {title}")
            case TaskFinished(_, title, seconds, evidence, adopted):
                how = "already so" if adopted else f"{seconds:.1f} s"
                show(f"✓ {title} ({how}): {evidence.what}")
            case TaskFailed(_, title, reason):
                show(f"✗ {title}: {reason}")
            case TaskUndone(_, title, seconds):
                show(f"↩ taken back: {title} ({seconds:.1f} s)")
            case LogLine(about, text):
                show(f"  {about} │ {text}")
            case PersonNeeded():
                self._tell(event)
            case Moving(_, progress):
                self._progress(progress)

    def _progress(self, progress: MoveProgress) -> None:
        now = time.monotonic()
        if now - self._shown < 1.0 and progress.stalled == self._stalled:
            return
        self._shown, self._stalled = now, progress.stalled
        words = f"  {progress.phase}: {progress.tables_done} of {progress.tables_total} tables"
        if progress.total_bytes:
            words += (
                f", {progress.done_bytes / 1e6:.1f} of about {progress.total_bytes / 1e6:.1f} MB"
            )
        if pace := pace_words(progress):
            words += f", {pace}"
        if progress.stalled:
            words += f"\n  ! {progress.stalled}"
        show(words)

    def _tell(self, request: PersonNeeded) -> None:
        show(f"☞ {request.title}\n  {request.text}")
        for change in request.changes:
            value = " ".join(change.values) or "(remove the record)"
            show(f"    {change.name}  {change.ttl}  {change.type}  {value}")
        if request.start is not None:
            start = request.start
            secrets = f", secrets {', '.join(start.secrets)}" if start.secrets else ""
            show(f"    start {start.name}: image {start.image}{secrets}")
        if request.end:
            show(f"    end {request.end}")
        if request.by_hand:
            show("    " + request.by_hand.replace("\n", "\n    "))

    async def answer(self, question: Question) -> Answer | None:
        """The flag's answer, else a prompt when there is a terminal, else None."""
        if question.id in self.flags:
            return Answer(value=self.flags[question.id], by=f"flag {question.flag}".strip())
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return None
        text = clean(question.text)
        if question.kind == "confirm":
            said = await ask_yes_no(text)
            return Answer(value="yes" if said else "no", by="person at the terminal")
        if question.kind in ("choice", "text"):
            show(question_words(question))
            text = prompt_words(question)
        return Answer(value=await ask_line(text), by="person at the terminal")

    async def ask_person(self, request: PersonNeeded) -> str | None:
        """Print the request and hand it to the hook, if one is configured."""
        self.hear(request)
        return await tell_hook(request)

    def person_timeout(self) -> float:
        """How long the command waits for a person, in seconds."""
        return self.patience
