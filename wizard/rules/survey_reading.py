"""What stands at a name, over all servers that answered? Small questions to one survey."""

from collections.abc import Iterable

from wizard.model.dns import NameSurvey, Record

LEADING = frozenset({"A", "AAAA", "CNAME"})
"""Types that say where a name leads."""


def plain_name(name: str) -> str:
    """A host name as it is compared: lower case, without the final dot."""
    return name.rstrip(".").lower()


def same_name(one: str, other: str) -> bool:
    """True for two spellings of one host name: case and the final dot do not count."""
    return plain_name(one) == plain_name(other)


def good_records(survey: NameSurvey) -> list[Record]:
    """Every record set of every server that answered."""
    return [record for a in survey.answers if not a.error for record in a.records]


def own_records(survey: NameSurvey) -> list[Record]:
    """The record sets at the name itself."""
    return [r for r in good_records(survey) if same_name(r.name, survey.name)]


def leading_at(records: Iterable[Record], name: str) -> list[Record]:
    """The record sets at `name` that say where it leads."""
    return [r for r in records if r.type in LEADING and same_name(r.name, name)]


def leading(survey: NameSurvey) -> list[Record]:
    """Those at the surveyed name, over all servers."""
    return leading_at(good_records(survey), survey.name)


def alias_of(survey: NameSurvey) -> str:
    """Where the name's CNAME points, "" without one."""
    found = (r.values[0] for r in leading(survey) if r.type == "CNAME" and r.values)
    return next(found, "")


def addresses_of(survey: NameSurvey) -> tuple[str, ...]:
    """The IPv4 addresses that stand at the name itself."""
    return tuple(dict.fromkeys(v for r in leading(survey) if r.type == "A" for v in r.values))


def record_words(record: Record | None) -> str:
    """A record set in words."""
    if record is None:
        return "nothing"
    return f"{record.type} {', '.join(record.values)} (TTL {record.ttl})"
