"""Which regions of Aptible lie in a country where the source's data rests today?"""

import re

from wizard.model.inventory import Inventory

NEAR: dict[str, str] = {
    "Canada": "ca-central-1, where Aptible has shared and dedicated stacks",
    "the United States": "us-east-1 or us-west-1 (shared or dedicated), us-east-2, us-west-2",
    "Germany": "eu-central-1, where Aptible has shared and dedicated stacks",
    "India": "ap-south-1, where Aptible has shared and dedicated stacks",
    "Australia": "ap-southeast-2, where Aptible has shared and dedicated stacks",
    "Ireland": "eu-west-1, with a dedicated stack",
    "the United Kingdom": "eu-west-2, with a dedicated stack",
    "France": "eu-west-3, with a dedicated stack",
    "Brazil": "sa-east-1, with a dedicated stack",
    "Japan": "ap-northeast-1, with a dedicated stack",
    "Singapore": "ap-southeast-1, with a dedicated stack",
}
"""Country → Aptible's regions in it (its documentation of stacks)."""
_REGION = re.compile(r"[a-z]{2}-[a-z]+-\d")


def regions_near(inventory: Inventory | None) -> frozenset[str]:
    """Those in the countries that the inventory tells; none when it tells none."""
    countries = {r.country for r in inventory.cloud.regions} if inventory is not None else set()
    return frozenset(name for c in countries for name in _REGION.findall(NEAR.get(c, "")))
