"""The address of a git remote, fit to be shown: no password, no token, no query."""

import re

_URL = re.compile(r"^([a-z][a-z0-9+.-]*://)(?:[^/]*@)?([^?#]*)", re.IGNORECASE)


def without_credentials(address: str) -> str:
    """`address` without what people put before the host (a token, often) or behind a `?`.

    The short form of ssh (`git@host:path`) keeps its user: it holds no password.
    """
    found = _URL.match(address)
    if found is None:
        return address
    return found.group(1).lower() + found.group(2)
