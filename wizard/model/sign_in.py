"""Signing in: what came of it, what is kept, and the receipts for what was forgotten."""

from datetime import datetime
from typing import Literal

from pydantic import SecretStr

from wizard.model.frozen import Frozen
from wizard.model.question import Asked


class Entered(Frozen):
    """The side let us in. `reference` names the token where it can be revoked, "" if unknown."""

    token: SecretStr
    reference: str = ""
    expires: datetime | None = None
    note: str = ""


class MoreAsked(Frozen):
    """The side wants more, such as a one-time code. `carry` goes back to it with the answer."""

    asks: tuple[Asked, ...]
    reason: str
    carry: str = ""


class Refused(Frozen):
    """The side said no. `again` says whether asking the person once more can help."""

    reason: str
    hint: str = ""
    again: bool = True


class AlreadyRefused(Frozen):
    """The side did not accept the token any more when it was to be revoked."""

    reason: str


class Seen(Frozen):
    """What a token turned out to be, read from its owner. `expires_words` when no date is known.

    `gaps` say what the token cannot do that the move will need.
    """

    account: str
    scopes: tuple[str, ...]
    expires: datetime | None = None
    expires_words: str = ""
    reference: str = ""
    gaps: tuple[str, ...] = ()


class SignedIn(Frozen):
    """One side, signed in. `kept` says in words where the token is."""

    side: str
    account: str
    scopes: tuple[str, ...]
    expires: datetime | None
    expires_words: str
    kept: str
    rights: str
    revoke: str
    gaps: tuple[str, ...] = ()


class Kept(Frozen):
    """The name of one item in the keyring, never its value.

    `role` is what it is for ("heroku/api-key"), `app` the move it belongs to ("" for any), `place`
    a short hash of the folder for what belongs to one journal, `reference` what its owner calls it,
    `expires` its end where only its making told it.
    """

    service: str
    user: str
    role: str
    app: str = ""
    place: str = ""
    reference: str = ""
    expires: datetime | None = None
    at: datetime


class Receipt(Frozen):
    """One credential forgotten. `read_back` is what the keyring said afterwards."""

    role: str
    service: str
    user: str
    deleted: bool
    read_back: Literal["nothing", "still there", "not asked"]
    revoked: Literal[
        "revoked", "was refused already", "already gone", "not revoked", "nothing to revoke"
    ]
    words: str = ""
    at: datetime
