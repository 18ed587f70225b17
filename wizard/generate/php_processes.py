"""Which console commands of a PHP app run for ever, and which end by themselves?"""

import re

from wizard.generate.commands import commands, split
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.tables.php_releases import RUNS_ON
from wizard.model.files import Evidence

_CONSOLE = re.compile(r"(?:artisan|bin/console|yii|cake|please)$")
_LOOP = re.compile(
    r"while\s*\(\s*(?:true|1)\s*\)|for\s*\(\s*;\s*;\s*\)|\bsleep\(|->run\(\)|listen\("
)


def without_one_offs(book: Notebook, lines: tuple[ProcessLine, ...]) -> tuple[ProcessLine, ...]:
    """The lines with console commands that end taken out, each with its reason."""
    return tuple(_judged(book, line) for line in lines)


def _judged(book: Notebook, line: ProcessLine) -> ProcessLine:
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
    own = _own(book, name)
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


def _own(book: Notebook, name: str) -> tuple[Evidence, bool] | None:
    """The app's own command of this name, and whether its code goes round and round."""
    if not re.fullmatch(r"[\w:.-]+", name):
        return None
    pattern = re.compile(
        rf"(?:\$signature\s*=\s*|\$defaultName\s*=\s*|AsCommand\(\s*(?:name:\s*)?)['\"]"
        rf"\s*{re.escape(name)}[\s'\"{{]"
    )
    for entry in book.view.entries():
        if not entry.path.endswith(".php") or entry.path.startswith("vendor/"):
            continue
        text = book.text(entry.path)
        match = pattern.search(text)
        if match:
            line = text.count("\n", 0, match.start()) + 1
            place = Evidence(path=entry.path, line=line, fact=f"is {name}")
            return place, _LOOP.search(text) is not None
    return None
