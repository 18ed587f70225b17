"""Asks for credentials at the terminal; without one, says that nobody is there."""

import sys

from pydantic import SecretStr

from wizard.cli.prompt import SeveralLines, ask_line, ask_secret
from wizard.cli.talk import show
from wizard.model.question import Asked, SignInWay
from wizard.safety.clean import clean


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


class TerminalAsker:
    """Implements wizard.engine.sign_in.Asker."""

    def say(self, text: str) -> None:
        """One piece of talk."""
        show(text)

    async def choose(self, side: str, ways: tuple[SignInWay, ...]) -> SignInWay | None:
        """One of the ways, by number; the first when nothing is typed, or there is no other."""
        if not at_terminal():
            return None
        if len(ways) == 1:
            show(f"{side}: {ways[0].label}" + (f"; {ways[0].help}" if ways[0].help else ""))
            return ways[0]
        show(f"How do you sign in to {side}?")
        for number, way in enumerate(ways, 1):
            show(f"  {number}  {way.label}" + (f"\n     {way.help}" if way.help else ""))
        while True:
            said = await ask_line(f"{side}, 1 to {len(ways)} [1]")
            if not said:
                return ways[0]
            if said.isascii() and said.isdigit() and 1 <= int(said) <= len(ways):
                return ways[int(said) - 1]
            show(f"  please type a number from 1 to {len(ways)}")

    async def type(self, asked: Asked) -> SecretStr | None:
        """What was typed; secrets and codes are not shown."""
        if not at_terminal():
            return None
        if asked.help:
            show(f"  {asked.help}")
        while True:
            value = await self._once(asked)
            if value is not None and value.get_secret_value():
                return value
            if value is not None:
                show("  nothing was typed")

    async def _once(self, asked: Asked) -> SecretStr | None:
        label = clean(asked.label, 120)
        if asked.kind == "text":
            return SecretStr(await ask_line(label))
        try:
            return await ask_secret(label)
        except SeveralLines:
            show("  that was more than one line, so nothing of it was used; paste one line")
            return None
