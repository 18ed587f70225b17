"""What variables tell of a cloud beside the platform: databases, storage, tokens, regions.

Only names of resources: no value of a variable, no user, no signature.
"""

from datetime import datetime
from typing import Literal

from wizard.model.frozen import Frozen


class CloudDatabase(Frozen):
    """A managed database of Microsoft Azure that variables name; `server` is its name there.

    `kind` "" when the addresses do not tell it. `pooled`: an address leads to the pooler's port.
    `stands_in`: app and variable of each place.
    """

    server: str
    engine: Literal["postgres", "mysql", "mariadb"]
    kind: Literal["", "single", "flexible"] = ""
    pooled: bool = False
    stands_in: tuple[tuple[str, str], ...]
    where: str


class BlobAccount(Frozen):
    """A storage account of Azure; `access` says by what variables let one in, as far as seen."""

    account: str
    access: Literal["", "key", "token"] = ""
    stands_in: tuple[tuple[str, str], ...]
    where: str


class BlobToken(Frozen):
    """A signed access to storage (SAS). `expires` in UTC; None when the token does not say it.

    `policy`: a rule kept with the storage says it instead. `account` "" when only the token stands
    there.
    """

    account: str = ""
    app: str
    variable: str
    expires: datetime | None = None
    policy: bool = False
    where: str


class CloudRegion(Frozen):
    """A region of Azure, and the country where it lies; `stands_in` is empty where the source's
    platform told it and no variable does."""

    region: str
    country: str
    stands_in: tuple[tuple[str, str], ...]
    where: str


class CloudTraces(Frozen):
    """Everything that was seen, each thing once."""

    databases: tuple[CloudDatabase, ...] = ()
    accounts: tuple[BlobAccount, ...] = ()
    tokens: tuple[BlobToken, ...] = ()
    regions: tuple[CloudRegion, ...] = ()


def names_in(stands_in: tuple[tuple[str, str], ...]) -> str:
    """The variables' names, each once, for people."""
    return ", ".join(dict.fromkeys(variable for _, variable in stands_in))
