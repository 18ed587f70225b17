"""A plain Compose project as a source of its own: read from files, without any account.

It is looked at and mapped. The rest of a move acts on a platform, and a file is none: what would
open one says so.
"""

from typing import NoReturn

from providers.sources.compose.look import look
from wizard.errors import BlockedError

SIGN_IN = ()


def _no_platform(*_: object, **__: object) -> NoReturn:
    """Raises BlockedError: there is nothing behind a file that could be asked, or changed."""
    raise BlockedError(
        "a Compose project can be looked at and mapped, its move is not run by moveday yet",
        "the files say what has to run, and hold no platform that could be frozen or asked",
        "moveday inventory --source compose, then moveday map: no moveday.yaml is needed",
    )


open_source = open_door = open_doctor = list_apps = _no_platform

__all__ = ["SIGN_IN", "list_apps", "look", "open_doctor", "open_door", "open_source"]
