"""Step 2, sign-in: can both sides be reached with the credentials that are here?"""

import asyncio

from wizard.engine.session import Session
from wizard.model.frozen import Frozen
from wizard.steps.base import Step, StepState, last, no_gates


class SignedIn(Frozen):
    """Both sides answered; `vault` says in words where the credentials come from."""

    source_app: str
    organization: str
    vault: str


async def _run(session: Session) -> SignedIn:
    outside = session.outside
    _, organization = await asyncio.gather(
        outside.source.maintenance(), outside.target.organization()
    )
    session.journal.append("read", key="sign-in", organization=organization)
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
    check=no_gates,
    run=_run,
    state=_state,
)
