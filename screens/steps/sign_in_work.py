"""Signing in from the screens: the questions of a side as dialogues, its answers as rows."""

from collections.abc import Sequence

from screens.app import MovedayApp
from screens.dialogs.choose import ChooseDialog
from screens.dialogs.question import QuestionDialog
from screens.dialogs.secret import SecretDialog
from screens.widgets.fact_table import Fact
from wizard.engine.events import Said
from wizard.engine.sign_in import Wish, get_in
from wizard.model.question import Asked, Question, SignInWay
from wizard.model.secret_text import Secret, secret
from wizard.model.sign_in import Entered, Receipt, Seen, SignedIn
from wizard.ports.sign_in import Door


class Closed(Exception):
    """The person closed a dialogue: `outermost` leads back to the screen, others to the ways."""

    def __init__(self, *, outermost: bool) -> None:
        super().__init__()
        self.outermost = outermost


class ScreenAsker:
    """Implements wizard.engine.sign_in.Asker. What a side said stands above the next question.

    Raises Closed where a person closes a dialogue: somebody is there, and wants to go up one level.
    """

    def __init__(self, app: MovedayApp) -> None:
        self._app = app
        self._said = ""

    def say(self, text: str) -> None:
        """Keep it for the next dialogue, and in the log."""
        self._said = text.strip()
        self._app.desk.bridge.hear(Said(self._said))

    async def choose(self, side: str, ways: tuple[SignInWay, ...]) -> SignInWay | None:
        """One of the ways."""
        labels = {way.label: way.help for way in ways}
        title = f"{self._before()}How do you sign in to {side}?"
        chosen = await self._app.push_screen_wait(ChooseDialog(title, labels))
        way = next((way for way in ways if way.label == chosen), None)
        if way is None:
            raise Closed(outermost=True)
        return way

    async def type(self, asked: Asked) -> Secret:
        """What was typed; secrets and codes are masked."""
        if asked.kind == "text":
            question = Question(
                id=asked.id, text=f"{self._before()}{asked.label}", why=asked.help, kind="text"
            )
            answer = await self._app.push_screen_wait(QuestionDialog(question))
            return _typed(answer.value if answer else "")
        title = f"{self._before()}{asked.label}"
        return _typed(await self._app.push_screen_wait(SecretDialog(title, asked.help)))

    def _before(self) -> str:
        said, self._said = self._said, ""
        return f"{said}\n\n" if said else ""


def _typed(value: str) -> Secret:
    if not value:
        raise Closed(outermost=False)
    return secret(value)


async def let_in(app: MovedayApp, door: Door, by: str) -> tuple[Entered, Seen] | None:
    """Ask until the side accepts; None when the person closed the choice of ways.

    Esc in a field leads back to the ways: up one level. Raises as `get_in` does.
    """
    while True:
        try:
            return await get_in(door, ScreenAsker(app), Wish(by=by), app.desk.doors.clock)
        except Closed as closed:
            if closed.outermost:
                return None


def side_fact(side: str, seen: SignedIn | None, trouble: str) -> Fact:
    """One side as a row."""
    if seen is None:
        return Fact(side, "side", side, trouble or "not signed in", "", "!")
    end = f"{seen.expires:%Y-%m-%d %H:%M} UTC" if seen.expires else seen.expires_words
    details = [
        f"scope   {' '.join(seen.scopes) or 'not told'}",
        f"ends    {end or 'not told'}",
        f"may     {seen.rights}",
        f"to end  {seen.revoke}",
        *(f"! {gap}" for gap in seen.gaps),
    ]
    mark = "!" if seen.gaps else "✓"
    return Fact(side, "side", side, f"{seen.account}, {seen.kept}", "\n".join(details), mark)


def receipt_words(receipts: Sequence[Receipt], left: Sequence[str]) -> str:
    """What was forgotten, one receipt a credential."""
    lines = []
    for receipt in receipts:
        proof = "deleted, read back: nothing" if receipt.deleted else "NOT deleted: still there"
        lines.append(f"{receipt.service}, {receipt.user}: {proof}; {receipt.revoked}")
        if receipt.words:
            lines.append(f"  {receipt.words}")
    return "\n".join([*lines, *left]) or "the keyring holds nothing of moveday's"
