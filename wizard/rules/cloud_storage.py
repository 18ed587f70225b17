"""Which variables lead to storage that is left behind, or to an access that ends soon?"""

from collections.abc import Mapping
from datetime import datetime

from wizard.model.cloud import CloudTraces

PLATFORM = "platform"
"""The answer that a storage account belongs to the platform that is left."""
SOON_DAYS = 30


def storage_variables(
    cloud: CloudTraces, answers: Mapping[str, str], today: datetime
) -> frozenset[tuple[str, str]]:
    """App and name of each variable that cannot stay as it is, with what it leads to."""
    moved = [a for a in cloud.accounts if answers.get(f"storage/{a.account}") == PLATFORM]
    ended = [t for t in cloud.tokens if t.expires is not None and ends_soon(t.expires, today)]
    return frozenset(
        {place for account in moved for place in account.stands_in}
        | {(token.app, token.variable) for token in ended}
    )


def ends_soon(expires: datetime, today: datetime) -> bool:
    """Whether a signed access ends within a month, or did."""
    return expires <= today or (expires - today).days < SOON_DAYS
