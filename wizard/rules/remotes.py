"""Which app does a git remote belong to? Heroku's remotes, in all their spellings.

Source: Heroku's documentation (https://git.heroku.com/APP.git, git@heroku.com:APP.git, and
ssh://git@heroku.com/APP.git); accounts of old clients use git@heroku.NAME:APP.git.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_FORMS = (
    re.compile(r"^https?://git\.heroku\.com/([a-z0-9-]+?)(?:\.git)?/?$", re.IGNORECASE),
    re.compile(
        r"^(?:ssh://)?(?:[^@/]+@)?heroku\.[a-z0-9.-]+[:/]/?([a-z0-9-]+?)(?:\.git)?/?$", re.I
    ),
)


class RemoteApp(NamedTuple):
    """One remote and the app behind it."""

    remote: str
    app: str


def heroku_app(address: str) -> str | None:
    """The app behind an address, None when it is no address of Heroku's."""
    for form in _FORMS:
        found = form.match(address.strip())
        if found:
            return found.group(1).lower()
    return None


def heroku_apps(remotes: Mapping[str, str]) -> tuple[RemoteApp, ...]:
    """All remotes that lead to Heroku, in the order of their names."""
    found = ((name, heroku_app(address)) for name, address in sorted(remotes.items()))
    return tuple(RemoteApp(name, app) for name, app in found if app)
