"""Forgets credentials: ended at their owner where that can be done, deleted, and read back."""

import asyncio
from collections.abc import Sequence
from typing import Literal

from wizard.clock import Clock
from wizard.engine.journal import Journal
from wizard.engine.sign_in import role_of
from wizard.errors import MovedayError
from wizard.model.sign_in import AlreadyRefused, Kept, Receipt, Refused
from wizard.ports.sign_in import Door, Keeper
from wizard.safety.consent import Level, grant

Revoked = Literal[
    "revoked", "was refused already", "already gone", "not revoked", "nothing to revoke"
]


async def forget_all(
    vault: Keeper, doors: Sequence[Door], journal: Journal | None, clock: Clock, by: str
) -> tuple[Receipt, ...]:
    """A receipt for every credential of this move that the keyring holds.

    `journal` None: not in a move's folder. Raises VaultUnavailable when the keyring is shut; what
    was forgotten until then has its receipt in the journal.
    """
    receipts = []
    for kept in vault.kept():
        if journal is not None:
            name = f"{kept.service} {kept.user}"
            journal.append("intent", key=f"forget/{kept.role}", name=name, by=by)
        receipt = await _forget(kept, vault, doors, clock, by)
        receipts.append(receipt)
        if journal is not None:
            document = receipt.model_dump(mode="json")
            journal.append("done", key=f"forget/{kept.role}", receipt=document)
    return tuple(receipts)


async def _forget(
    kept: Kept, vault: Keeper, doors: Sequence[Door], clock: Clock, by: str
) -> Receipt:
    token = await asyncio.to_thread(vault.read, kept)
    revoked: Revoked = "nothing to revoke"
    words = ""
    host = kept.service.removeprefix("moveday/")
    door = next((d for d in doors if role_of(d) == kept.role and d.host == host), None)
    if kept.role == "moveday/journal-head" and token is not None:
        words = f"the journal's head was {token.get_secret_value()}"
    elif token is None:
        revoked, words = "already gone", "the keyring did not have it any more"
    elif door is not None:
        consent = grant(Level.CHANGE_NEW_SIDE, f"end the token of {kept.user}", by, clock.now())
        try:
            ended = await door.revoke(token, kept.reference, consent)
        except MovedayError as error:
            ended = Refused(reason=error.title, hint=door.field.revoke)
        match ended:
            case None:
                revoked = "revoked"
            case AlreadyRefused():
                revoked, words = "was refused already", f"{ended.reason}: nothing to revoke"
            case Refused():
                revoked, words = "not revoked", f"{ended.reason}; by hand: {ended.hint}"
    elif not kept.role.startswith("moveday/"):
        revoked, words = "not revoked", f"{host} is not one of this move's sides"
    gone = await asyncio.to_thread(vault.forget, kept)
    return Receipt(
        role=kept.role,
        service=kept.service,
        user=kept.user,
        deleted=gone,
        read_back="nothing" if gone else "still there",
        revoked=revoked,
        words=words,
        at=clock.now(),
    )
