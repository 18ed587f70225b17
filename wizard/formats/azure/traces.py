"""All traces of Azure in the variables of a project's apps."""

from collections.abc import Iterable

from wizard.formats.azure.databases import databases_in
from wizard.formats.azure.given import Given
from wizard.formats.azure.regions import regions_in
from wizard.formats.azure.storage import accounts_in, tokens_in
from wizard.model.cloud import CloudTraces

_LONGEST = 100_000


def read_traces(given: Iterable[Given]) -> CloudTraces:
    """Databases, storage, signed access and regions, each once; nothing of the values is kept.

    A value of more than 100,000 characters is no address and is not looked through.
    """
    some = tuple(each for each in given if each.value and len(each.value) <= _LONGEST)
    return CloudTraces(
        databases=tuple(databases_in(some)),
        accounts=tuple(accounts_in(some)),
        tokens=tuple(tokens_in(some)),
        regions=tuple(regions_in(some)),
    )
