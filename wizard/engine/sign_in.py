"""Lets a person in at one side: asks, tries, looks what the token is worth, and keeps it.

The password lives in this module's locals only; what is kept is the token.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import SecretStr

from wizard.clock import Clock
from wizard.errors import BlockedError
from wizard.model.question import Asked, SignInWay
from wizard.model.sign_in import Entered, MoreAsked, Refused, Seen, SignedIn
from wizard.ports.sign_in import Door, Keeper
from wizard.safety.consent import Consent, Level, grant
from wizard.safety.redact import REDACTOR

TRIES = 3
MEMORY = "this session only, in memory"


class Asker(Protocol):
    """Whoever can ask a person. None means that nobody is there."""

    def say(self, text: str) -> None: ...

    async def choose(self, side: str, ways: tuple[SignInWay, ...]) -> SignInWay | None: ...

    async def type(self, asked: Asked) -> SecretStr | None: ...


@dataclass(frozen=True)
class Wish:
    """How to get in: `given` is a token that is there already, `way` one that was chosen by flag.

    `by` says who consented to signing in: a flag or the person.
    """

    given: SecretStr | None = None
    way: str = ""
    by: str = "person at the terminal"


def role_of(door: Door) -> str:
    """What the door's credential is called in vaults and lists."""
    return f"{door.field.service}/{door.field.account}"


def service_of(door: Door) -> str:
    """The keyring service of a door: one per host, so that a sandbox never meets the real one."""
    return f"moveday/{door.host}"


async def get_in(door: Door, asker: Asker, wish: Wish, clock: Clock) -> tuple[Entered, Seen]:
    """A token that its owner accepts, and what it is worth.

    Raises BlockedError when nobody is there to ask, or after three refusals; OutsideError when the
    side cannot be reached.
    """
    consent = grant(Level.CHANGE_NEW_SIDE, f"sign in to {door.side}", wish.by, clock.now())
    last = Refused(reason="nobody is there to ask")
    way = next((way for way in door.field.ways if way.id == wish.way), None)
    for tried in range(1 if wish.given or wish.way else TRIES):
        if tried:
            asker.say(f"  {last.reason}; once more")
        if wish.given is not None:
            entered: Entered | Refused = Entered(token=wish.given)
        else:
            way = way or await asker.choose(door.side, door.field.ways)
            entered = await _enter(door, asker, way, consent)
        if isinstance(entered, Entered):
            seen = await _look(door, entered)
            if isinstance(seen, Seen):
                return entered, seen
            entered = seen
        last = entered
        if last.hint:
            asker.say(f"  {last.reason}\n  {last.hint}")
        if not last.again:
            break
    raise BlockedError(f"not signed in to {door.side}", last.reason, last.hint or door.field.help)


async def keep(
    door: Door, vault: Keeper, entered: Entered, seen: Seen, *, session_only: bool
) -> SignedIn:
    """Put the token where it belongs; what to show. Raises VaultUnavailable."""
    field = door.field
    if session_only:
        vault.put(field.service, field.account, entered.token)
        kept = MEMORY
    else:
        user = seen.account if "@" in seen.account else field.account
        reference = entered.reference or seen.reference
        # In a thread: a keyring that hangs takes seconds to give up.
        kept = await asyncio.to_thread(
            vault.keep,
            service_of(door),
            user,
            role_of(door),
            entered.token,
            reference=reference,
            expires=entered.expires,
        )
    return shown(door, seen, kept, entered.expires)


def shown(door: Door, seen: Seen, kept: str, expires: datetime | None = None) -> SignedIn:
    """What is told about a token, whoever holds it."""
    end = seen.expires or expires
    return SignedIn(
        side=door.side,
        account=seen.account,
        scopes=seen.scopes,
        expires=end,
        expires_words="" if end else seen.expires_words,
        kept=kept,
        rights=door.field.rights,
        revoke=door.field.revoke,
        gaps=seen.gaps,
    )


async def _enter(
    door: Door, asker: Asker, way: SignInWay | None, consent: Consent
) -> Entered | Refused:
    typed = await _typed(asker, way.asks) if way is not None else None
    if way is None or typed is None:
        return Refused(reason="nobody is there to ask", again=False)
    token = typed.get("token")
    problem = door.misshapen(token.get_secret_value()) if token is not None else ""
    if problem:
        return Refused(reason=f"that is no token: {problem}")
    return await _with_codes(door, asker, way, typed, consent)


async def _with_codes(
    door: Door, asker: Asker, way: SignInWay, typed: dict[str, SecretStr], consent: Consent
) -> Entered | Refused:
    """Try; a code that is asked for may be wrong twice."""
    answer = await door.enter(way.id, typed, "", consent)
    for _ in range(TRIES):
        if not isinstance(answer, MoreAsked):
            return answer
        asker.say(f"  {answer.reason}")
        more = await _typed(asker, answer.asks)
        if more is None:
            return Refused(reason="nobody is there to ask", again=False)
        answer = await door.enter(way.id, {**typed, **more}, answer.carry, consent)
    if isinstance(answer, MoreAsked):
        return Refused(reason=answer.reason, again=False)
    return answer


async def _look(door: Door, entered: Entered) -> Seen | Refused:
    problem = door.misshapen(entered.token.get_secret_value())
    if problem:
        return Refused(reason=f"that is no token: {problem}")
    REDACTOR.learn(entered.token.get_secret_value())
    return await door.look(entered.token)


async def _typed(asker: Asker, asks: tuple[Asked, ...]) -> dict[str, SecretStr] | None:
    typed: dict[str, SecretStr] = {}
    for asked in asks:
        value = await asker.type(asked)
        if value is None:
            return None
        typed[asked.id] = value
    return typed
