"""When may a name be switched, to what, and has it been? Pure arithmetic over DNS surveys."""

import math
from collections.abc import Collection
from datetime import datetime, timedelta

from wizard.model.dns import NameSurvey, Record, RecordChange, ServerAnswer
from wizard.rules.survey_reading import LEADING, leading_at, plain_name, same_name

_SHORTEST_MARGIN = 2
_LONGEST_MARGIN = 60
_MOST_ALIASES = 8


def margin(old_ttl: int) -> int:
    """Seconds to wait beyond a TTL: 5 % of it, at least 2 and at most 60.

    Servers count whole seconds and clocks differ a little; resolvers that stretch TTLs on
    purpose are not covered by any margin.
    """
    return min(_LONGEST_MARGIN, max(_SHORTEST_MARGIN, math.ceil(old_ttl * 0.05)))


def old_ttl(*surveys: NameSurvey) -> int:
    """The longest TTL in seconds that a cache may hold for the name: over every look so far.

    Counts the name's own records and the links of its chain in the same zone, since those are the
    ones a person can change; the platform's own records at the chain's end do not matter. Zero
    when no server showed a record.
    """
    links = (r for s in surveys for a in s.answers for r in a.records if r.type in LEADING)
    return max((r.ttl for r in links), default=0)


def safe_to_switch_at(low_everywhere_at: datetime, old_ttl: int) -> datetime:
    """When the last copy with the old TTL is gone from caches that obey it.

    Lowering a TTL does nothing for copies already held: the old TTL counts in full from
    `low_everywhere_at`, the first moment when *all* servers were seen with the low one.
    """
    return low_everywhere_at + timedelta(seconds=old_ttl + margin(old_ttl))


def book_done(all_new_at: datetime, low_ttl: int) -> datetime:
    """When every cache that obeys TTLs has dropped the old address, counted from the switch."""
    return all_new_at + timedelta(seconds=low_ttl)


def keep_old_until(
    all_new_at: datetime, original_ttl: int, last_request_on_old: datetime | None, quiet: int
) -> datetime:
    """How long the old side must stay up: the original TTL, and `quiet` seconds without requests.

    Some callers hold an address for days (a proxy that resolves at start only, some JVMs), so the
    book's end alone is no ground for taking the old side away.
    """
    by_the_book = all_new_at + timedelta(seconds=original_ttl)
    if last_request_on_old is None:
        return by_the_book
    return max(by_the_book, last_request_on_old + timedelta(seconds=quiet))


def seen_everywhere_at(created_at: datetime, negative_ttl: int) -> datetime:
    """When a new name is visible at resolvers that asked for it before it existed.

    `negative_ttl`: the lower of the SOA record's TTL and its minimum field (RFC 2308).
    """
    return created_at + timedelta(seconds=negative_ttl)


def is_apex(name: str, zone: str) -> bool:
    """True when `name` is the zone itself, where no CNAME can stand beside SOA and NS."""
    return same_name(name, zone)


def record_to_switch(name: str, zone: str, endpoint_host: str, ttl: int = 60) -> RecordChange:
    """The record that points `name` at the new side; a CNAME, or an ALIAS at the apex.

    Never an address record: the new side's addresses change (Aptible documentation).
    """
    kind = "ALIAS" if is_apex(name, zone) else "CNAME"
    return RecordChange(
        name=plain_name(name), type=kind, ttl=ttl, values=(plain_name(endpoint_host),)
    )


def low_everywhere(survey: NameSurvey, low_ttl: int) -> bool:
    """True when every server answers, each with a record, and none with a TTL above `low_ttl`.

    A look through a cache never proves it: there the TTL counts down.
    """
    if not survey.answers or survey.through == "cache":
        return False
    for answer in survey.answers:
        found = leading_at(answer.records, survey.name)
        if answer.error or not found or any(r.ttl > low_ttl for r in found):
            return False
    return True


def switched(survey: NameSurvey, target: str, addresses: Collection[str] = ()) -> bool:
    """True when every server answers, and each leads to the new side and nowhere else.

    A server leads there by an alias chain that ends at `target`, or by addresses that are all
    among `addresses` (an ALIAS at the apex, or a host that flattens aliases).
    """
    return bool(survey.answers) and all(
        leads_to(answer, survey.name, target, addresses) for answer in survey.answers
    )


def end_of_chain(answer: ServerAnswer, name: str) -> tuple[str, tuple[str, ...]]:
    """Where one server leads: the last name of the alias chain, and its addresses if it knows.

    A chain that turns in a circle ends after eight links.
    """
    current = plain_name(name)
    for _ in range(_MOST_ALIASES):
        alias = _record(answer, current, "CNAME")
        if alias is None or not alias.values:
            break
        current = plain_name(alias.values[0])
    found = _record(answer, current, "A")
    return current, found.values if found else ()


def leads_to(answer: ServerAnswer, name: str, target: str, new_addresses: Collection[str]) -> bool:
    """Whether one answer's chain ends at `target`, or at none but these addresses."""
    if answer.error:
        return False
    end, addresses = end_of_chain(answer, name)
    if same_name(end, target):
        return True
    return bool(addresses) and set(addresses) <= set(new_addresses)


def _record(answer: ServerAnswer, name: str, kind: str) -> Record | None:
    return next((r for r in answer.records if r.type == kind and same_name(r.name, name)), None)
