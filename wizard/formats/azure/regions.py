"""Regions of Azure in the values of variables, each with its country.

Names: Microsoft's list of Azure regions, as it was in 2026; one that is not in it is not taken for
a region.
"""

import re
from collections.abc import Iterable, Iterator

from wizard.formats.azure.given import Given
from wizard.model.cloud import CloudRegion

_OF: dict[str, tuple[str, ...]] = {
    "Canada": ("canadacentral", "canadaeast"),
    "the United States": (
        *("eastus", "eastus2", "centralus", "northcentralus", "southcentralus", "westcentralus"),
        *("westus", "westus2", "westus3"),
    ),
    "Ireland": ("northeurope",),
    "the Netherlands": ("westeurope",),
    "the United Kingdom": ("uksouth", "ukwest"),
    "Germany": ("germanywestcentral", "germanynorth"),
    "France": ("francecentral", "francesouth"),
    "Sweden": ("swedencentral", "swedensouth"),
    "Norway": ("norwayeast", "norwaywest"),
    "Switzerland": ("switzerlandnorth", "switzerlandwest"),
    "Italy": ("italynorth",),
    "Poland": ("polandcentral",),
    "Spain": ("spaincentral",),
    "Australia": ("australiaeast", "australiasoutheast", "australiacentral", "australiacentral2"),
    "Japan": ("japaneast", "japanwest"),
    "Korea": ("koreacentral", "koreasouth"),
    "India": ("centralindia", "southindia", "westindia"),
    "Singapore": ("southeastasia",),
    "Hong Kong": ("eastasia",),
    "Brazil": ("brazilsouth", "brazilsoutheast"),
    "South Africa": ("southafricanorth", "southafricawest"),
    "the United Arab Emirates": ("uaenorth", "uaecentral"),
    "Israel": ("israelcentral",),
    "Mexico": ("mexicocentral",),
    "New Zealand": ("newzealandnorth",),
}
COUNTRIES = {region: country for country, regions in _OF.items() for region in regions}
_NAMED = re.compile(r"(?:^|_)(?:REGION|LOCATION)(?:$|_)", re.IGNORECASE)
_HOST = re.compile(
    r"(?<![A-Za-z0-9.-])((?:[A-Za-z0-9-]{1,63}\.){1,6})"
    r"(?:azure\.com|azure\.net|azurecontainer\.io|azurewebsites\.net|microsoft\.com|windows\.net)"
    r"(?![A-Za-z0-9-])",
    re.IGNORECASE,
)


def regions_in(given: Iterable[Given]) -> Iterator[CloudRegion]:
    """One per region."""
    places: dict[str, list[Given]] = {}
    for each in given:
        for region in _named(each):
            places.setdefault(region, []).append(each)
    for region, seen in places.items():
        yield CloudRegion(
            region=region,
            country=COUNTRIES[region],
            stands_in=tuple(dict.fromkeys((each.app, each.variable) for each in seen)),
            where=seen[0].where,
        )


def region_called(name: str, where: str) -> CloudRegion | None:
    """The region that goes by this name ("Canada Central"); None when it is none of Azure's."""
    plain = _plain(name)
    if plain not in COUNTRIES:
        return None
    return CloudRegion(region=plain, country=COUNTRIES[plain], stands_in=(), where=where)


def _plain(name: str) -> str:
    """ "Canada Central" and "canadacentral" are the same."""
    return name.strip().lower().replace(" ", "")


def _named(given: Given) -> Iterator[str]:
    if _NAMED.search(given.variable):
        plain = _plain(given.value)
        if plain in COUNTRIES:
            yield plain
    for labels in _HOST.findall(given.value):
        for label in labels.lower().split("."):
            plain = re.sub(r"-\d\d$", "", label)
            if plain in COUNTRIES:
                yield plain
