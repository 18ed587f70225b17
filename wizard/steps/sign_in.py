"""Step 2, sign-in: can both sides be reached with the credentials that are here?"""

import asyncio
from collections.abc import Sequence

from wizard.engine.session import Session
from wizard.model.frozen import Frozen
from wizard.model.question import Gate
from wizard.steps.base import Step, StepState, last
from wizard.steps.target_facts import note_target


class SignedIn(Frozen):
    """Both sides answered; `vault` says in words where the credentials come from."""

    source_app: str
    organization: str
    vault: str


async def _check(session: Session) -> Sequence[Gate]:
    """One gate per credential: open when the vault has it."""
    vault = session.outside.vault
    return tuple(
        Gate(
            id=f"{field.service}/{field.account}",
            open=vault.get(field.service, field.account) is not None,
            reason=f"no {field.label} is there ({field.variable})",
            hint=field.help,
        )
        for field in session.outside.sign_in
    )


async def _run(session: Session) -> SignedIn:
    outside = session.outside
    _, organization = await asyncio.gather(
        outside.source.maintenance(), outside.target.organization()
    )
    session.journal.append("read", key="sign-in", organization=organization)
    await note_target(session, organization)
    return SignedIn(
        source_app=outside.source.app, organization=organization, vault=outside.vault.mode
    )


def _state(session: Session) -> StepState:
    if last(session, "read", "sign-in"):
        return StepState("done", session.outside.vault.mode)
    return StepState("ready")


SIGN_IN = Step(
    id="sign-in",
    key="2",
    title="Sign in",
    reads=("credentials",),
    writes=(),
    needs=("plan",),
    check=_check,
    run=_run,
    state=_state,
)
