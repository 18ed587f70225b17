"""What every part of the sandboxed Heroku works with: records, dynos, ledger, paging, switches."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request

from providers.sandbox.ground import Ground
from providers.sandbox.heroku.paging import Pager
from providers.sandbox.heroku.replies import Refusal, found
from providers.sandbox.heroku.state import Account, Addon, App

if TYPE_CHECKING:
    from providers.sandbox.heroku.dynos import Dynos

MASKED_REPLIES = ("null", "missing", "asterisks")


@dataclass
class Switches:
    """Facts nobody has verified, and paces, as switches for tests.

    `masked_reply` is what plain config-vars says of a masked variable. `backup_seconds` is how long
    a backup takes at least, `link_seconds` how long its link lives. `database_info` replaces or
    adds lines of a database's `info[]`.
    """

    masked_reply: str = "null"
    config_settings: bool = True
    backup_seconds: float = 1.5
    link_seconds: float = 3600.0
    keep_backups: int = 25
    database_info: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Context:
    """Shared by all handlers of one account."""

    account: Account
    ground: Ground
    dynos: "Dynos"
    folder: Path
    pager: Pager = field(default_factory=Pager)
    switches: Switches = field(default_factory=Switches)
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    base_url: str = ""

    def note(self, effect: str, **facts: object) -> None:
        """Write a real effect into the ledger."""
        self.ground.ledger.note("heroku", effect, **facts)

    def standing(self, name: str) -> dict[str, object] | None:
        """Settings of a trouble that lasts until it is cleared; None while it is off."""
        return self.ground.faults.peek(f"heroku.{name}")

    def app(self, request: Request) -> App:
        """The app named in the path, or 404."""
        return found(self.account.app(request.path_params["app"]), "app", "app")

    def addon(self, request: Request) -> Addon:
        """The add-on named in the path, or 404."""
        return found(self.account.addon(request.path_params["addon"]), "add_on", "add-on")

    def in_background(self, work: Coroutine[object, object, None]) -> None:
        """Run `work` after the reply; `settled` and `stop` wait for it."""
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(self._logged(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _logged(self, work: Coroutine[object, object, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.note("background-failure", error=type(error).__name__)
            raise

    async def settled(self) -> None:
        """Wait until releases, scaling and backups under way have come to an end."""
        while self.tasks:
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def stop(self) -> None:
        """Cancel what is under way."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def whole_number(text: str, what: str) -> int:
    """`text` as a number, or a 404 as for anything that is not there."""
    if not text.isdigit():
        raise Refusal(404, "not_found", f"Couldn't find that {what}.")
    return int(text)
