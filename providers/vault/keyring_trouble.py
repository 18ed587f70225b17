"""Why can the keyring not be used, and what can be done? The reasons, told by where we run."""

from collections.abc import Mapping
from pathlib import Path

from wizard.acts import do
from wizard.ports.vault import VaultTrouble, VaultUnavailable
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

OTHERWISE = f"or {do('session-only')}, or set the credentials in the environment"
_GONE = ("ItemNotFoundException", "PasswordDeleteError")
"""What secretstorage and keyring raise for an item that went between two of their calls."""
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")


def where_we_run(environ: Mapping[str, str], marks: tuple[str, ...] = _CONTAINER_MARKS) -> str:
    """What about this machine makes a keyring unlikely, in words; "" for an ordinary desktop."""
    found = []
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        found.append("this is an ssh session: the desktop's keyring is not unlocked by it")
    if environ.get("container") or any(Path(mark).exists() for mark in marks):
        found.append("this is a container: a keyring is usually not there")
    if environ.get("WSL_DISTRO_NAME"):
        found.append("this is WSL: a keyring is there only if you installed one")
    return "; ".join(found)


def no_keyring(environ: Mapping[str, str]) -> VaultUnavailable:
    """There is no backend that may be used."""
    return VaultUnavailable(
        "absent",
        "there is no system keyring here",
        where_we_run(environ) or "no Secret Service or KWallet answers on the session bus",
        f"start one (gnome-keyring, KWallet, KeePassXC) and try again, {OTHERWISE}",
    )


def hanging(environ: Mapping[str, str], seconds: float) -> VaultUnavailable:
    """A call did not come back."""
    return VaultUnavailable(
        "hanging",
        f"the keyring did not answer within {seconds:g} s",
        _joined("perhaps it asks for its password in a window you cannot see", environ),
        f"answer or close that window and try again, {OTHERWISE}",
    )


def too_long(units: int, limit: int, name: str) -> VaultUnavailable:
    """The value does not fit; it is never cut in pieces."""
    return VaultUnavailable(
        "too-long",
        f"the credential is too long for the {name}",
        f"it has {units} UTF-16 units, one item holds {limit}",
        f"{do('session-only')}, or set it in the environment",
    )


def explained(error: BaseException, environ: Mapping[str, str]) -> VaultUnavailable:
    """The trouble behind whatever a backend raised: they raise their own libraries' errors too."""
    said = REDACTOR.redact(clean(str(error), 200))
    kind: VaultTrouble = "broken"
    title = "the keyring cannot be used"
    hint = f"try again, {OTHERWISE}"
    if type(error).__name__ == "KeyringLocked" or "locked" in said.lower():
        kind, title = "locked", "the keyring is locked"
        hint = f"unlock it (sign in at the desktop) and try again, {OTHERWISE}"
    elif "dismissed" in said.lower():
        kind, title = "locked", "the keyring was never unlocked here"
        hint = f"unlock or create it at the desktop and try again, {OTHERWISE}"
    elif type(error).__name__ in _GONE:
        kind, title = "lost", "the keyring lost an item that it just had"
    return VaultUnavailable(kind, title, _joined(f"{type(error).__name__}: {said}", environ), hint)


def _joined(reason: str, environ: Mapping[str, str]) -> str:
    return "; ".join(part for part in (reason, where_we_run(environ)) if part)
