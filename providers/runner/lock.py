"""The runner's lock file: the few packages it needs, with the versions and hashes moveday has.

Taken from moveday's own lock file, which lies beside this module in an installation, and in the
root of a checkout.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from wizard.errors import BlockedError

FILE_NAME = "requirements.lock"
_PLACES = (Path(__file__).parent / FILE_NAME, Path(__file__).parents[2] / FILE_NAME)
_NAME = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==")


def lock_of(packages: Sequence[str]) -> str:
    """The lines about `packages`, in the lock's order. BlockedError when there is no such lock."""
    found = next((place for place in _PLACES if place.is_file()), None)
    if found is None:
        raise BlockedError(
            "this moveday has no lock file, so no runner can be built that is known to work",
            f"{FILE_NAME} lies neither beside {Path(__file__).parent.name} nor in a checkout",
            "install moveday from a wheel of its own or from its checkout",
        )
    kept = {}
    # A package's hashes follow it in lines that stand in.
    for block in re.split(r"\n(?=[^ #\n])", found.read_text(encoding="utf-8")):
        name = _NAME.match(block)
        if name is not None and name[1].lower() in packages:
            kept[name[1].lower()] = block.strip() + "\n"
    missing = sorted(set(packages) - set(kept))
    if missing:
        raise BlockedError(f"moveday's lock file does not name {', '.join(missing)}", str(found))
    return "".join(kept.values())
