"""Aptible as a target: `open_target` gives the client that implements the Target port."""

from providers.targets.aptible.target import AptibleTarget, open_target
from wizard.model.question import SignInField

SIGN_IN = (
    SignInField(
        service="aptible",
        account="access-token",
        label="Aptible access token",
        secret=True,
        help="`aptible login` writes one to ~/.aptible/tokens.json",
        variable="APTIBLE_ACCESS_TOKEN",
    ),
)

__all__ = ["SIGN_IN", "AptibleTarget", "open_target"]
