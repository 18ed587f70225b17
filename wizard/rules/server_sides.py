"""Where does one authoritative server send people now: to the old side, the new one, elsewhere?"""

from collections.abc import Collection
from typing import Literal

from wizard.model.dns import ServerAnswer
from wizard.model.dns_report import SideSeen
from wizard.rules.domains import leads_to
from wizard.rules.survey_reading import leading_at, plain_name

ServerSide = Literal["old", "new", "other", "nothing", "silent"]


def server_side(
    answer: ServerAnswer, name: str, old_values: Collection[str], new: SideSeen
) -> ServerSide:
    """`old_values` are targets and addresses of the old side, as plain names.

    "other" leads to neither side, "nothing" is a server without a record, "silent" one that gave
    no answer.
    """
    if answer.error:
        return "silent"
    if new.host and leads_to(answer, name, new.host, new.addresses):
        return "new"
    values = {plain_name(v) for r in leading_at(answer.records, name) for v in r.values}
    if not values:
        return "nothing"
    return "old" if values <= {plain_name(value) for value in old_values} else "other"


def ttl_shown(answer: ServerAnswer, name: str) -> int | None:
    """The longest TTL in seconds of what leads people there; None without such a record."""
    return max((record.ttl for record in leading_at(answer.records, name)), default=None)
