"""The README names what is there: every command and every exit code, as the code knows them."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from wizard.exits import Exit

ROOT = Path(__file__).parent.parent


def spelled_out(text: str) -> str:
    """`text` with "moveday database copy|verify" written as one command after the other."""

    def one_by_one(match: re.Match[str]) -> str:
        start, choices = match.groups()
        return ", ".join(f"`{start} {choice}`" for choice in re.split(r"\\?\|", choices))

    return re.sub(r"(moveday(?: [a-z-]+)*) ([a-z-]+(?:\\?\|[a-z-]+)+)", one_by_one, text)


README = spelled_out((ROOT / "README.md").read_text())
HELP = ROOT / "wizard" / "help"
STEPS = (
    "plan",
    "sign-in",
    "inventory",
    "mapping",
    "files",
    "deploy",
    "rehearsal",
    "cutover",
    "report",
)


def commands() -> list[str]:
    """Every command as it is typed, for instance "moveday database copy"."""
    try:
        entry = importlib.import_module("wizard.cli").moveday
    except (ImportError, AttributeError) as error:
        pytest.fail(f"the commands cannot be loaded: {error}")
    return list(below(entry, "moveday"))


def below(command: click.Command, typed: str) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield typed
        return
    context = click.Context(command)
    for name in sorted(command.list_commands(context)):
        inner = command.get_command(context, name)
        assert inner is not None, f"{typed} {name} is listed and not there"
        if not inner.hidden:
            yield from below(inner, f"{typed} {name}")


def test_the_readme_names_every_command() -> None:
    missing = [typed for typed in commands() if not re.search(rf"{re.escape(typed)}\b", README)]
    assert not missing, f"README.md does not name: {', '.join(missing)}"


def test_the_readme_names_no_command_that_is_not_there() -> None:
    known = commands()
    groups = {typed.rsplit(" ", 1)[0] for typed in known}
    named = set(re.findall(r"(?m)(?:^|`|\$ )(moveday(?: [a-z][a-z-]+){1,2})", README))
    unknown = [
        typed
        for typed in sorted(named)
        if not any(typed == k or typed.startswith(f"{k} ") or typed in groups for k in known)
    ]
    assert not unknown, f"README.md names commands that do not exist: {', '.join(unknown)}"


@pytest.mark.parametrize("code", list(Exit), ids=lambda code: str(code.value))
def test_the_readme_names_every_exit_code(code: Exit) -> None:
    # A line of a table ("| 4 | blocked … |", also for several codes) or a list ("- `4`: …").
    codes = r"(?:`?\d+`?[,/ ]+)*"
    assert re.search(rf"(?m)^\s*[|*-]\s*{codes}`?{code.value}`?[,/ \d`]*[|:]", README), (
        f"README.md does not say what exit code {code.value} ({code.name}) means"
    )


@pytest.mark.parametrize("step", STEPS)
def test_every_step_says_why(step: str) -> None:
    text = (HELP / f"{step}.md").read_text()
    title, _, body = text.partition("\n")
    assert title.startswith("# ")
    assert 40 <= len(body.split()) <= 220, "short enough to be read on the day"
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted(HELP.glob("*.md"))], ids=str)
def test_nothing_is_promised_that_nobody_can_promise(path: Path) -> None:
    text = path.read_text().lower()
    assert "hipaa compliant" not in text
    assert "hipaa-compliant" not in text
