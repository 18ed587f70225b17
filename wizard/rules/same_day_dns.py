"""What in DNS decides the day? The old TTL, an apex without alias, and who can change records."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from wizard.forecast.durations import duration
from wizard.model.database import Finding
from wizard.model.dns_report import NameReport
from wizard.model.same_day import Reason
from wizard.rules.domains import margin
from wizard.rules.same_day_facts import SameDayFacts

_SURVEY = "dns survey"
_APEX = "dns.apex-needs-alias"


def dns_reasons(facts: SameDayFacts) -> Iterator[Reason]:
    """Nothing to switch; else TTL, findings and access."""
    if not facts.domains:
        inventory = facts.inventory
        known = inventory is not None
        custom = any(d.kind == "custom" for d in inventory.domains) if inventory else False
        if custom:
            yield Reason(
                id="names-left-out",
                state="in the way",
                words="the app has names of its own, and the plan has none: put them into domains",
                source="inventory",
                until=facts.now,
            )
            return
        yield Reason(
            id="names",
            state="holds" if known else "unknown",
            words="the app has no names of its own to switch"
            if known
            else "which names users type",
            source="inventory" if known else "not looked at yet",
            needs="" if known else "inventory",
        )
        return
    seen = {report.name: report for report in facts.names}
    missing = [name for name in facts.domains if name not in seen]
    if missing:
        words = f"old TTL and records of {', '.join(missing)}"
        yield Reason(
            id="ttl", state="unknown", words=words, source="not looked at yet", needs=_SURVEY
        )
    reports = [seen[name] for name in facts.domains if name in seen]
    if reports:
        yield _ttl(facts.now, reports)
        yield from _findings(facts.now, reports)
    yield _access(facts)


def _ttl(now: datetime, reports: list[NameReport]) -> Reason:
    """The name whose old record lives longest decides."""
    waits = [(_safe_at(now, report), report) for report in reports]
    unknown = [report.name for at, report in waits if at is None]
    if unknown:
        words = f"no server told a TTL for {', '.join(unknown)}"
        return Reason(id="ttl", state="unknown", words=words, source=_SURVEY, needs=_SURVEY)
    known = [(at, report) for at, report in waits if at is not None]
    at, report = max(known, key=lambda found: found[0])
    if at <= now:
        words = "the old TTLs have run out: the names can be switched at any time"
        return Reason(id="ttl", state="holds", words=words, source=_SURVEY)
    lowered = report.ttl.low_since is not None and report.ttl.raised_at is None
    old = duration(float(report.ttl.old_ttl or 0))
    today = at.astimezone(now.tzinfo).date() == now.date()
    then = f"at {at.astimezone(now.tzinfo):%H:%M}" if today else "then"
    when = f"runs out {then}" if lowered else f"runs out {then} if it is lowered now"
    words = f"the old TTL of {report.name} ({old}) {when}"
    if today:
        # It costs no day: the rehearsals take that long anyway.
        return Reason(id="ttl", state="holds", words=words, source=_SURVEY, until=at)
    return Reason(
        id="ttl", state="in the way", words=words, source=_SURVEY, until=at.astimezone(now.tzinfo)
    )


def _safe_at(now: datetime, report: NameReport) -> datetime | None:
    """When a switch is safe: known, or counted from a lowering right now."""
    story = report.ttl
    if story.safe_at is not None and story.low_since is not None and story.raised_at is None:
        return story.safe_at
    if story.old_ttl is None:
        return None
    return now + timedelta(seconds=story.old_ttl + margin(story.old_ttl))


def _findings(now: datetime, reports: list[NameReport]) -> Iterator[Reason]:
    for report in reports:
        apex = next((f for f in report.findings if f.rule == _APEX), None)
        if apex is not None:
            yield Reason(
                id=f"apex/{report.name}",
                state="in the way" if apex.severity == "block" else "unknown",
                words=f"{report.name} is the top of its zone, where no CNAME can stand: "
                f"{apex.remedy}",
                source=f"{_SURVEY}: {report.dns_host}",
                needs="" if apex.severity == "block" else "DNS host",
            )
        blocks = [f for f in report.findings if f.severity == "block" and f.rule != _APEX]
        for finding in blocks:
            yield _to_mend(now, finding)


def _to_mend(now: datetime, finding: Finding) -> Reason:
    """A person's edit in DNS: minutes of work, so it does not cost the day."""
    words = f"{finding.subject}: {finding.detail}; {finding.remedy}"
    return Reason(id=finding.rule, state="in the way", words=words, source=_SURVEY, until=now)


def _access(facts: SameDayFacts) -> Reason:
    name = "dns-access"
    if facts.switch_practised:
        words = "somebody changed a record for a rehearsal, and the servers showed it"
        return Reason(id=name, state="holds", words=words, source="rehearsal")
    words = "whether whoever changes DNS for you can do it at the time; moveday has no access"
    return Reason(
        id=name, state="unknown", words=words, source="nobody practised it", needs="rehearsal"
    )
