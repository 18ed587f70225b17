"""MedStack Control as a source: one cluster, read through its API and the files a person has.

It is looked at and mapped. Freezing, moving and switching are not run yet: what would open them
says so by name.
"""

from collections.abc import Mapping
from typing import NoReturn

from providers.sources.medstack.apps import list_apps
from providers.sources.medstack.doctor import open_doctor
from providers.sources.medstack.look import look_at_account
from providers.sources.medstack.sign_in import SIGN_IN as _FIELD
from providers.sources.medstack.sign_in import MedStackDoor
from wizard.clock import Clock
from wizard.errors import BlockedError

SIGN_IN = (_FIELD,)


def open_door(
    environ: Mapping[str, str], clock: Clock, ask_client_to_revoke: bool = False
) -> MedStackDoor:
    """The way in. MedStack has no official client that could be asked to end a token."""
    return MedStackDoor(environ, clock)


def open_source(*_: object, **__: object) -> NoReturn:
    """Raises BlockedError: no part of the move itself is run on MedStack yet."""
    raise BlockedError(
        "an app on MedStack can be looked at and mapped, its move is not run by moveday yet",
        "freezing, scaling and moving the data of a MedStack cluster are not built",
        "moveday inventory --source medstack, then moveday map: no moveday.yaml is needed",
    )


__all__ = ["SIGN_IN", "list_apps", "look_at_account", "open_doctor", "open_door", "open_source"]
