"""Which keyring is there? Chosen among five known classes, never by keyring's configuration.

keyring's own choice obeys `PYTHON_KEYRING_BACKEND`, `KEYRING_PROPERTY_*` and `keyringrc.cfg` (whose
`keyring-path` runs code at import), and may answer with a backend that stores in plain text or not
at all. None of that is read here: the classes are imported by name and made without their
environment. Behaviour of keyring 25.7 (its source and measurements of ours).
"""

import contextlib
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from providers.vault.secret_service_owner import owner_of_secret_service

WINDOWS_LIMIT = 1280
"""UTF-16 units that one item of the Windows Credential Manager holds (2,560 bytes)."""

_KINDS = {
    "darwin": (("keyring.backends.macOS", "Keyring"),),
    "win32": (("keyring.backends.Windows", "WinVaultKeyring"),),
}
_ELSEWHERE = (
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
    ("keyring.backends.libsecret", "Keyring"),
)
_NAMES = {
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.libsecret": "Secret Service",
}


@dataclass(frozen=True)
class Backend:
    """A keyring of the system. `limit`: longest value in UTF-16 units, None without a limit."""

    ring: Any
    name: str
    limit: int | None = None


def choose_backend(platform: str = sys.platform) -> Backend | None:
    """The best allowed keyring that says it can be used; None when there is none.

    May take as long as the session bus likes: call it with a time limit.
    """
    found: list[tuple[float, str, Any]] = []
    for module, name in _KINDS.get(platform, _ELSEWHERE):
        # A backend whose libraries or service are missing says so by raising anything at all.
        with contextlib.suppress(Exception):
            kind = getattr(import_module(module), name)
            found.append((float(kind.priority), module, kind))
    if not found:
        return None
    _, module, kind = max(found, key=lambda one: one[0])
    limit = WINDOWS_LIMIT if module.endswith(".Windows") else None
    return Backend(_deaf(kind)(), _NAMES.get(module) or owner_of_secret_service(), limit)


def _deaf(kind: Any) -> Any:
    """The same class, deaf to KEYRING_PROPERTY_*: those set any attribute of a backend."""
    return type(kind)(kind.__name__, (kind,), {"set_properties_from_env": lambda self: None})
