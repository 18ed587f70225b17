"""Provisioning an endpoint's record, of an app or of a database: followed, or taken back."""

from providers.targets.aptible.live_log import OnLine
from providers.targets.aptible.operations import MINUTES, Operations
from wizard.errors import MovedayError, OutsideError, UnknownOutcome
from wizard.safety.consent import Consent


async def open_vhost(
    operations: Operations, number: int, what: str, consent: Consent, on_log: OnLine | None
) -> None:
    """Provision it, or follow whoever does. A record that cannot be provisioned is removed again.

    The error says `nothing_made` when it is gone; `what` names the act in it.
    """
    resource = f"vhosts/{number}"
    try:
        await operations.run(
            resource,
            "provision",
            {},
            consent,
            what=what,
            deadline=30 * MINUTES,
            same=lambda _: True,
            on_log=on_log,
        )
    except UnknownOutcome:
        raise
    except OutsideError as error:
        try:
            await operations.deprovision(resource, "removing it", consent)
            error.nothing_made = True
            error.detail += "\nthe endpoint's record was removed again"
        except MovedayError as second:
            error.detail += f"\nthe endpoint's record is still there: {second.title}"
        raise
