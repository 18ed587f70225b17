"""What variables tell of a cloud beside the platform, in words."""

from collections.abc import Iterator

from wizard.model.cloud import CloudTraces, names_in


def cloud_words(cloud: CloudTraces) -> Iterator[str]:
    """Resources by their names, never an address or a key."""
    for database in cloud.databases:
        kind = f", {database.kind.capitalize()} Server" if database.kind else ""
        where = names_in(database.stands_in)
        yield f"{database.engine} {database.server} at Azure{kind}: {where}"
    for account in cloud.accounts:
        yield f"storage {account.account} at Azure: {names_in(account.stands_in)}"
    for token in cloud.tokens:
        ends = f"until {token.expires:%Y-%m-%d}" if token.expires else "its end is not told"
        yield f"signed access in {token.variable}, {ends}"
    for region in cloud.regions:
        by = names_in(region.stands_in) or "the cluster's own"
        yield f"region {region.region} ({region.country}): {by}"
