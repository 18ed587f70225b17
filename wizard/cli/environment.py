"""The credentials in the environment: a copy keeps them, and the real one loses them."""

import os

CREDENTIALS = frozenset(
    {
        *("HEROKU_API_KEY", "APTIBLE_ACCESS_TOKEN", "MEDSTACK_TOKEN_KEY", "MEDSTACK_TOKEN_VALUE"),
        *("APTIBLE_PRIVATE_REGISTRY_USERNAME", "APTIBLE_PRIVATE_REGISTRY_PASSWORD"),
    }
)
"""Variables that no child process gets."""


def take_credentials() -> dict[str, str]:
    """A copy of the environment; credentials are removed from the real one.

    Otherwise every child would inherit them, also those that libraries start by themselves (a
    search for a system library runs a compiler, for one).
    """
    environ = dict(os.environ)
    for name in CREDENTIALS:
        os.environ.pop(name, None)
    return environ
