"""MedStack Control as a source: a cluster, read through its API and the files a person has.

A whole cluster is looked at and mapped; one app of it, the services of one image, is moved.
"""

from collections.abc import Mapping

from providers.sources.medstack.apps import list_apps
from providers.sources.medstack.doctor import open_doctor
from providers.sources.medstack.look import look_at_account
from providers.sources.medstack.sign_in import SIGN_IN as _FIELD
from providers.sources.medstack.sign_in import MedStackDoor
from providers.sources.medstack.source import open_source
from wizard.clock import Clock

SIGN_IN = (_FIELD,)


def open_door(
    environ: Mapping[str, str], clock: Clock, ask_client_to_revoke: bool = False
) -> MedStackDoor:
    """The way in. MedStack has no official client that could be asked to end a token."""
    return MedStackDoor(environ, clock)


__all__ = ["SIGN_IN", "list_apps", "look_at_account", "open_doctor", "open_door", "open_source"]
