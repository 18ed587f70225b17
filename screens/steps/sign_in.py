"""Screen 2: can both sides be reached, with what rights, and where is the token kept?"""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Static

from screens.actions import Action
from screens.base import StepScreen
from screens.dialogs.choose import ChooseDialog
from screens.reason import reason_words
from screens.steps.forgetting import forget_with_receipts
from screens.steps.sign_in_work import let_in, side_fact
from screens.widgets.fact_table import FactTable
from wizard.engine.sign_in import keep, shown
from wizard.errors import MovedayError
from wizard.model.sign_in import Refused, SignedIn
from wizard.ports.sign_in import Door
from wizard.ports.vault import VaultUnavailable
from wizard.safety.clean import clean
from wizard.steps import SIGN_IN

_BY = "person at the screen"
_CLOSED = "closed: no new sign-in to {}; nothing is changed"


class SignInScreen(StepScreen):
    """One row a side; secrets are typed into masked dialogues and kept by the vault only."""

    step = SIGN_IN
    purpose = "Sign in: reach both sides; tokens go to the keyring, passwords nowhere"
    NO_UNDO = "nothing to undo here: f (Forget) deletes and ends what moveday was given"
    PHASES = ("sign-in", "plan")
    ACTIONS = (
        Action("sign", "s", "sign", "Sign in", "sign in to the side under the cursor"),
        Action("read", "r", "read", "Check", "ask both sides what our tokens are worth"),
        Action("where", "t", "where", "Keep in", "keyring, or this session only, in memory"),
        Action("forget", "f", "forget", "Forget", "delete and end what moveday was given"),
    )
    AUTO_FOCUS = "#facts"

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, SignedIn] = {}
        self._trouble: dict[str, str] = {}
        self._asking: set[str] = set()
        self._session_only = False
        self._keyring = "the keyring was not looked at yet"

    def compose_body(self) -> ComposeResult:
        """Where tokens are kept, the sides, what the token under the cursor may do."""
        yield Static("", id="kept-in", markup=False)
        yield FactTable(("kind", "side", "signed in as"))
        yield Static("", id="because", markup=False)
        with Horizontal(classes="buttons"):
            yield Button("Sign in", id="sign", variant="primary")
            yield Button("Check", id="read")
            yield Button("Forget", id="forget")

    def on_mount(self) -> None:
        """See what is there already."""
        self.action_read()

    def doors(self) -> tuple[Door, ...]:
        """Both sides."""
        return self.move.desk.sign_in_tools().doors

    def draw(self) -> None:
        """From the last check."""
        where = "this session only, in memory" if self._session_only else self._keyring
        self.query_one("#kept-in", Static).update(clean(f"New tokens are kept in: {where}", 400))
        rows = [
            side_fact(
                d.side,
                self._seen.get(d.side),
                "asking …" if d.side in self._asking else self._trouble.get(d.side, ""),
            )
            for d in self.doors()
        ]
        self.query_one(FactTable).tell(rows)

    @on(FactTable.RowHighlighted)
    def _explain(self) -> None:
        fact = self.query_one(FactTable).under_cursor
        words = clean(fact.details, 1_500, lines=True) if fact else ""
        self.query_one("#because", Static).update(words)

    @on(Button.Pressed, "#read")
    @work(group="sign-in", exclusive=True, description="checking both sides")
    async def action_read(self) -> None:
        """Ask the owners of our tokens what they are worth."""
        if self.move.desk.phase == "opening":
            return
        self._asking = {door.side for door in self.doors()}
        self._draw_all()
        try:
            troubles = await asyncio.gather(*(self._look(door) for door in self.doors()))
        finally:
            self._asking.clear()
        self._draw_all()
        shut = next((trouble for trouble in troubles if trouble is not None), None)
        if shut is None or self._session_only or not self.is_current:
            return
        # Whoever waits for a keyring is told what else there is, not left to find it.
        if await self._keyring_works(shut) and not self._session_only:
            self.move.reopen()
        self._draw_all()

    async def _look(self, door: Door) -> VaultUnavailable | None:
        """Ask about one side's token; why the keyring did not give it."""
        vault, field = self.move.desk.sign_in_tools().vault, door.field
        self._seen.pop(door.side, None)
        try:
            token = await asyncio.to_thread(vault.get, field.service, field.account)
            if token is None:
                self._trouble[door.side] = "not signed in"
                return None
            seen = await door.look(token)
        except MovedayError as error:
            self._trouble[door.side] = error.title
            return error if isinstance(error, VaultUnavailable) else None
        if isinstance(seen, Refused):
            self._trouble[door.side] = seen.reason
            return None
        mode = vault.mode_of(field.service, field.account)
        self._trouble.pop(door.side, None)
        self._seen[door.side] = shown(door, seen, mode)
        return None

    @on(Button.Pressed, "#sign")
    @on(FactTable.RowSelected)
    @work(group="sign-in", exclusive=True, description="signing in")
    async def action_sign(self) -> None:
        """Sign in to one side, then look whether the move can be opened."""
        fact = self.query_one(FactTable).under_cursor
        missing = [door for door in self.doors() if door.side not in self._seen]
        named = [door for door in self.doors() if fact is not None and door.side == fact.key]
        door = (named or missing or list(self.doors()))[0]
        if not self._session_only and not await self._keyring_works():
            self.say(_CLOSED.format(door.side))
            return
        try:
            got = await let_in(self.move, door, _BY)
            if got is None:
                self.say(_CLOSED.format(door.side))
                return
            entered, seen = got
            vault = self.move.desk.sign_in_tools().vault
            done = await keep(door, vault, entered, seen, session_only=self._session_only)
        except MovedayError as error:
            self._trouble[door.side] = error.title
            self.move.show_words(error.title, reason_words(error, self.step.id))
            self._draw_all()
            return
        self._trouble.pop(door.side, None)
        self._seen[door.side] = done
        self._draw_all()
        left = [n for n, d in enumerate(self.doors()) if d.side not in self._seen]
        if left:
            self.query_one(FactTable).move_cursor(row=left[0])
            self.say(f"next: {self.doors()[left[0]].side}")
        else:
            self.say("signed in to both sides; opening the move …")
            self.move.reopen()

    async def _keyring_works(self, trouble: VaultUnavailable | None = None) -> bool:
        """Whether tokens can be kept: a person chooses what to do about `trouble`."""
        vault = self.move.desk.sign_in_tools().vault
        trouble = trouble or await self._try_keyring()
        while trouble is not None:
            self._keyring = trouble.title
            ways = {
                "try again": "after you unlocked or started it",
                "this session only": "in memory; the next start asks again",
            }
            title = f"{trouble.title}\n{trouble.detail}\n\nWhat now?"
            chosen = await self.move.push_screen_wait(ChooseDialog(title, ways))
            if chosen != "try again":
                self._session_only = chosen == "this session only"
                return self._session_only
            vault.retry()
            trouble = await self._try_keyring()
        self._keyring = "the system keyring"
        return True

    async def _try_keyring(self) -> VaultUnavailable | None:
        """Write, read and delete something, in a thread: one that hangs takes seconds."""
        self.say("trying the keyring …")
        try:
            await asyncio.to_thread(self.move.desk.sign_in_tools().vault.probe)
        except VaultUnavailable as trouble:
            return trouble
        return None

    def action_where(self) -> None:
        """Keyring or memory: a visible choice."""
        self._session_only = not self._session_only
        self.draw()

    @on(Button.Pressed, "#forget")
    @work(group="sign-in", exclusive=True, description="forgetting credentials")
    async def action_forget(self) -> None:
        """Delete from the keyring and end the tokens, with a receipt for each."""
        if await forget_with_receipts(self.move):
            self.action_read()


SCREEN = SignInScreen
