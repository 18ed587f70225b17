"""Aptible as a target: `open_target` gives the client that implements the Target port."""

from providers.targets.aptible.commands import by_hand
from providers.targets.aptible.doctor import open_doctor
from providers.targets.aptible.open_target import open_target
from providers.targets.aptible.sign_in import SIGN_IN as _FIELD
from providers.targets.aptible.sign_in import AptibleDoor
from providers.targets.aptible.target import AptibleTarget

SIGN_IN = (_FIELD,)
open_door = AptibleDoor

__all__ = ["SIGN_IN", "AptibleTarget", "by_hand", "open_doctor", "open_door", "open_target"]
