"""One of several, at the terminal: shown with numbers, asked until one of them is typed."""

from collections.abc import Sequence

from wizard.cli.prompt import ask_line
from wizard.cli.sign_in_prompt import at_terminal
from wizard.cli.talk import show
from wizard.safety.clean import clean


async def choose_one(question: str, names: Sequence[str]) -> int | None:
    """Its position in `names`; None without a terminal. Implements wizard.ports.look.Choose."""
    if not at_terminal():
        return None
    show(clean(question, 200))
    for number, name in enumerate(names, 1):
        show(f"  {number}  {clean(name, 120)}")
    while True:
        said = await ask_line(f"1 to {len(names)}")
        if said.isascii() and said.isdigit() and 1 <= int(said[:6]) <= len(names):
            return int(said) - 1
        show(f"  please type a number from 1 to {len(names)}")
