"""Names and their DNS in words, at 80 columns."""

import textwrap
from datetime import UTC, datetime

from wizard.forecast.durations import duration
from wizard.model.database import Finding
from wizard.model.dns_report import DnsReport, NameReport, TtlStory
from wizard.rules.survey_reading import leading_at, record_words

WIDTH = 80
_DAY = 86_400


def clock_words(at: datetime) -> str:
    """A moment on this machine's clock; with the date when it is not within a day."""
    local = at.astimezone()
    far = abs((at - datetime.now(UTC)).total_seconds()) > _DAY / 2
    return f"{local:%Y-%m-%d %H:%M %Z}" if far else f"{local:%H:%M:%S %Z}"


def survey_words(report: DnsReport) -> str:
    """A whole survey: what stands at each name, what was found, when a switch is safe."""
    parts = [_name_words(found) for found in report.names]
    blocks = sum(f.severity == "block" for n in report.names for f in n.findings)
    last = [
        f"{blocks} finding{'s' if blocks != 1 else ''} in the way of a switch"
        if blocks
        else "nothing found that stands in the way of a switch"
    ]
    parts += [paragraph(f"note: {note}", "") for note in report.notes]
    return "\n\n".join([*parts, *last])


def paragraph(text: str, indent: str, first: str | None = None) -> str:
    """`text` wrapped to 80 columns; names and addresses are never broken."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _name_words(found: NameReport) -> str:
    survey = found.survey
    good = [a for a in survey.answers if not a.error]
    who = f" at {found.dns_host}" if found.dns_host else ""
    if survey.through == "cache":
        asked = f"asked through {', '.join(a.server for a in survey.answers)}, a cache"
    else:
        asked = f"{len(good)} of {len(survey.answers)} servers answered{who}"
    lines = [found.name, paragraph(f"zone {survey.zone or 'unknown'}: {asked}", "    ", "  ")]
    shown: dict[str, list[str]] = {}
    for answer in good:
        there = [record_words(record) for record in leading_at(answer.records, found.name)]
        for words in there or ["no address and no alias"]:
            shown.setdefault(words, []).append(answer.server)
    for words, servers in shown.items():
        where = "" if len(shown) == 1 else f"  at {', '.join(servers)}"
        lines.append(paragraph(words + where, "    ", "  "))
    lines += [paragraph(words, "    ", "  ") for words in ttl_words(found.ttl)]
    if survey.negative_ttl is not None and not any(leading_at(a.records, found.name) for a in good):
        lines.append(f"  a look-up before it exists is remembered {survey.negative_ttl} s")
    if found.old_side is not None:
        lines.append(f"  today's certificate: serial {found.old_side.serial[:20]}")
    if found.others:
        kinds = sorted({key.partition(" ")[0] for key in found.others})
        lines.append(
            paragraph(
                f"{len(found.others)} other record sets remembered by hash ({', '.join(kinds)})",
                "    ",
                "  ",
            )
        )
    lines += [_finding_words(finding) for finding in found.findings]
    return "\n".join(lines)


def ttl_words(story: TtlStory) -> list[str]:
    """The TTL's story, and the earliest safe switch by it."""
    if story.old_ttl is None:
        return []
    low, old = story.low_ttl, story.old_ttl
    if story.safe_at is not None and story.low_since is not None:
        since = f"TTL {low} s or less at every server since {clock_words(story.low_since)}"
        words = [f"{since}; the longest one seen is {old} s"]
        left = (story.safe_at - datetime.now(UTC)).total_seconds()
        when = f"in {duration(left)}, at {clock_words(story.safe_at)}" if left > 0 else "now"
        words.append(f"a switch is safe: {when}")
        if story.assumed:
            words.append(
                "what the TTL was before the first look is unknown: if it was lowered not long "
                "ago, say what it was with --old-ttl SECONDS"
            )
        return words
    if story.if_lowered_now is None:
        return []
    wait = (story.if_lowered_now - datetime.now(UTC)).total_seconds()
    return [
        f"TTL {story.now if story.now is not None else 'unknown'} s now, {old} s the longest seen; "
        f"lowered to {low} s at this moment, a switch is safe in {duration(wait)}, "
        f"at {clock_words(story.if_lowered_now)}"
    ]


def _finding_words(found: Finding) -> str:
    lines = [
        paragraph(f"{found.subject}: {found.detail}", " " * 8, f"  {found.severity:<5} "),
    ]
    if found.otherwise:
        lines.append(paragraph(f"why: {found.otherwise}", " " * 8))
    if found.remedy:
        lines.append(paragraph(f"do: {found.remedy}", " " * 8))
    lines.append(f"        ({found.rule})")
    return "\n".join(lines)
