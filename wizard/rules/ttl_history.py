"""What do all looks at a name, over hours or days, say about its TTL and a safe moment?"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from wizard.model.dns import NameSurvey
from wizard.model.dns_report import TtlStory
from wizard.rules.domains import low_everywhere, old_ttl, safe_to_switch_at
from wizard.rules.survey_reading import leading


class Look(NamedTuple):
    """One survey and when it ended: an answer may be older than that, never younger."""

    at: datetime
    survey: NameSurvey


def ttl_story(
    looks: Sequence[Look], low_ttl: int, now: datetime, told: int | None = None
) -> TtlStory:
    """The story so far; `looks` oldest first, `told` seconds that a person gave as the old TTL.

    The safe moment counts from the first look since when no server was seen above `low_ttl`: a
    cache that asked before it holds what the servers gave then, at most the longest TTL ever seen.
    Looks through a cache prove nothing about lowness; only their TTL counts, as a lower bound.
    """
    low_since: datetime | None = None
    raised_at: datetime | None = None
    for look in looks:
        highest = max((r.ttl for r in leading(look.survey)), default=None)
        if highest is not None and highest > low_ttl:
            if low_since is not None:
                raised_at = look.at
            low_since = None
        elif low_everywhere(look.survey, low_ttl) and low_since is None:
            low_since, raised_at = look.at, None
    there = [look for look in looks if leading(look.survey)]
    if not there and told is None:
        return TtlStory(low_ttl=low_ttl)
    longest = max(old_ttl(*(look.survey for look in there)), told or 0)
    return TtlStory(
        low_ttl=low_ttl,
        old_ttl=longest,
        now=max((r.ttl for r in leading(there[-1].survey)), default=None) if there else None,
        low_since=low_since,
        raised_at=raised_at,
        safe_at=None if low_since is None else safe_to_switch_at(low_since, longest),
        if_lowered_now=safe_to_switch_at(now, longest) if low_since is None else None,
        assumed=told is None and longest <= low_ttl,
    )
