"""Which console commands of a PHP app run for ever, and which end by themselves?"""

import re
from functools import cached_property

from wizard.generate.commands import commands, split
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.tables.php_releases import RUNS_ON
from wizard.model.files import Evidence

_CONSOLE = re.compile(r"(?:artisan|bin/console|yii|cake|please)$")
_SIGNATURE = re.compile(
    r"(?:\$signature\s*=\s*|\$defaultName\s*=\s*|AsCommand\(\s*(?:name:\s*)?)['\"]\s*([\w:.-]+)"
)
_LOOP = re.compile(
    r"while\s*\(\s*(?:true|1)\s*\)|for\s*\(\s*;\s*;\s*\)|\bsleep\(|->run\(\)|listen\("
)


def without_one_offs(book: Notebook, lines: tuple[ProcessLine, ...]) -> tuple[ProcessLine, ...]:
    """The lines with console commands that end taken out, each with its reason."""
    own = _Own(book)
    return tuple(_judged(book, line, own) for line in lines)


def _judged(book: Notebook, line: ProcessLine, commands_here: "_Own") -> ProcessLine:
    if not line.kept or line.name == "web":
        return line
    if re.search(r"\b(while|for|until)\b.*\bdo\b", line.command):
        return line
    found = [_command(words) for words in commands(line.command)]
    separators = {separator for _, separator in split(line.command)}
    if not found or None in found or separators - {"", "&&", ";"}:
        return line
    name = found[-1] or ""
    if name in RUNS_ON or any(n in RUNS_ON for n in found):
        return line
    if name == "schedule:run":
        book.warn(
            "schedule-run",
            "the framework's scheduler has to be called every minute: it is no service",
            "name `php artisan schedule:run` with `* * * * *` as a job in moveday.yaml, or run "
            "`php artisan schedule:work` as a service",
            line.evidence,
        )
    own = commands_here.found.get(name)
    if own is not None and own[1]:
        return line
    reason = "ends by itself: Aptible would start it again for ever"
    changed = {"action": "left-out", "reason": reason}
    if own is not None:
        book.note(f"one-off:{line.name}", f"{name} ends by itself", "", line.evidence, own[0])
    return line.model_copy(update=changed)


def _command(words: list[str]) -> str | None:
    """The console command that one simple command runs; None when it is another program."""
    bare = [w for w in words if not w.startswith("-")]
    if bare and bare[0] == "php":
        bare.pop(0)
    if not bare or not _CONSOLE.search(bare[0]):
        # `php -v` and the like print something and end.
        return "" if words[0] == "php" and not bare else None
    return bare[1] if len(bare) > 1 else ""


class _Own:
    """The app's own console commands, looked for once: name → place, and whether it loops."""

    def __init__(self, book: Notebook) -> None:
        self._book = book

    @cached_property
    def found(self) -> dict[str, tuple[Evidence, bool]]:
        """Every command whose class lies in the repository."""
        commands: dict[str, tuple[Evidence, bool]] = {}
        for entry in self._book.view.entries():
            if not entry.path.endswith(".php") or entry.path.startswith("vendor/"):
                continue
            # A class of a command is named so, or lies in a folder that is.
            if not re.search(r"command|console", entry.path, re.IGNORECASE):
                continue
            text = self._book.text(entry.path)
            for match in _SIGNATURE.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                place = Evidence(path=entry.path, line=line, fact=f"is {match.group(1)}")
                commands.setdefault(match.group(1), (place, _LOOP.search(text) is not None))
        return commands
