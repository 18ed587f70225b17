"""Names and their DNS in words, at 80 columns."""

import textwrap
from datetime import UTC, datetime

from wizard.forecast.durations import duration
from wizard.model.database import Finding
from wizard.model.dns_report import DnsReport, NameReport, NameVerdict, TtlStory, WatchResult
from wizard.rules.domains import seen_everywhere_at
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
    parts = [_name_words(found, report.at) for found in report.names]
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


def _name_words(found: NameReport, at: datetime) -> str:
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
        until = clock_words(seen_everywhere_at(at, survey.negative_ttl))
        words = f"created at this moment, the name is seen everywhere from {until}: a look-up "
        words += f"before it exists is remembered for {survey.negative_ttl} s"
        lines.append(paragraph(words, "    ", "  "))
    if found.old_side is not None:
        lines.append(f"  today's certificate: serial {found.old_side.serial[:20]}")
    if found.others:
        kinds = sorted({key.partition(" ")[0] for key in found.others})
        lines.append(
            paragraph(
                f"{len(found.others)} other record set{'s' if len(found.others) != 1 else ''} "
                f"remembered by hash ({', '.join(kinds)})",
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


def watch_words(result: WatchResult) -> str:
    """How a watch ended: the verdict of each name."""
    seconds = (result.ended_at - result.started).total_seconds()
    parts = [_verdict_words(found, result) for found in result.names]
    return "\n\n".join([*parts, f"watched for {duration(seconds)}: {result.ended}"])


_STATES = {
    "old": "still the old side",
    "split": "the switch has not reached every server",
    "new": "switched: every server leads to the new side",
    "third": "leads to neither side",
    "unknown": "not known: not every server answered",
}


def _verdict_words(found: NameVerdict, result: WatchResult) -> str:
    lines = [found.name, f"  {_STATES[found.state]}"]
    lines += [paragraph(words, "    ", "  ") for words in found.leads_to]
    if found.new_at is not None:
        lines.append(f"  seen at {clock_words(found.new_at)}")
        if found.book_done_at is None:
            lines.append("  by the book: unknown, no look saw the old side")
        else:
            past = found.book_done_at <= result.ended_at
            lines.append(
                f"  by the book {'done at' if past else 'done not before'} "
                f"{clock_words(found.book_done_at)}"
            )
    elif found.safe_at is not None:
        lines.append(f"  safe to switch from {clock_words(found.safe_at)}")
    if found.certificate:
        what = f"the site: {found.site.side} side, {found.site.because}"
        lines.append(paragraph(what, "    ", "  "))
    for resolver, seen in found.resolvers.items():
        left = f", {seen.because}" if seen.because else ""
        lines.append(f"  resolver {resolver}: {seen.side}{left}")
    if found.old_requests is not None:
        quiet = "quiet" if not found.old_requests else f"{found.old_requests} requests"
        lines.append(f"  the old side, the last ten seconds that were counted: {quiet}")
    if found.keep_old_until is not None:
        until = clock_words(found.keep_old_until)
        words = f"leave the old side up until {until} at least, and two days beyond any request: "
        words += "some callers hold an address for days"
        lines.append(paragraph(words, "    ", "  "))
    lines += [paragraph(f"! {trouble}", "    ", "  ") for trouble in found.troubles]
    return "\n".join(lines)


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
