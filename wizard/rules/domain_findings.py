"""What in a name's DNS would spoil the certificate or the switch? Findings with remedies."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from wizard.model.database import Finding
from wizard.model.dns import NameSurvey, Record, RecordType
from wizard.rules.certificate_findings import (
    Surveys,
    caa_findings,
    challenge_findings,
    challenge_name,
    wildcard_findings,
)
from wizard.rules.survey_reading import (
    good_records,
    leading_at,
    plain_name,
    record_words,
    same_name,
)
from wizard.rules.switch_findings import proxy_findings, record_findings, zone_findings

__all__ = ["Look", "challenge_name", "domain_findings", "later_looks", "looks_for", "ordered"]

_ORDER = {"block": 0, "warn": 1, "info": 2}


class Look(NamedTuple):
    """One survey that the findings need: `survey(host, types)`."""

    host: str
    types: tuple[RecordType, ...]


def looks_for(name: str, label: str) -> tuple[Look, ...]:
    """The surveys that `domain_findings` wants for one name.

    `label` is one no zone has (random letters): what answers below and beside the name with it
    comes from a wildcard. Asking plants negative answers nowhere, since only authorities are asked.
    """
    bare = name.removeprefix("*.")
    parent = bare.partition(".")[2]
    looks = [
        Look(name, ("A", "CNAME", "AAAA", "CAA", "HTTPS", "MX", "TXT")),
        Look(challenge_name(name), ("TXT", "CNAME")),
    ]
    if "." in parent:  # registries are not searched with random labels
        looks += [Look(f"{label}.{host}", ("A", "CNAME")) for host in (bare, parent)]
    climb = bare if name != bare else parent
    while "." in climb:
        looks.append(Look(climb, ("CAA",)))
        climb = climb.partition(".")[2]
    return tuple(looks)


def later_looks(name: str, surveys: Surveys) -> tuple[Look, ...]:
    """What to look at next: the CAA at the ends of aliases, which counts as the name's own."""
    ends = (end for end in _chain(name, surveys) if end not in surveys)
    return tuple(Look(end, ("CAA", "CNAME")) for end in ends)


def domain_findings(
    name: str,
    surveys: Surveys,
    label: str,
    acme_target: str = "",
    signed: bool | None = None,
) -> tuple[Finding, ...]:
    """Everything worth saying about one name, blocks first.

    `surveys` by host as in `looks_for`; one that is missing leaves its findings out. For the CAA
    of an alias, the target's own survey may be added. `acme_target` is where the new side wants
    the dns-01 alias to point, "" when there is no endpoint yet.
    """
    survey = surveys.get(name)
    if survey is None:
        return ()
    return ordered(
        [
            *_servers(survey),
            *record_findings(survey, signed),
            *proxy_findings(survey),
            *wildcard_findings(survey, surveys, label),
            *challenge_findings(name, surveys.get(challenge_name(name)), acme_target),
            *caa_findings(name, surveys),
            *zone_findings(survey, signed),
        ]
    )


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Blocks first, then warnings."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))


def _servers(survey: NameSurvey) -> Iterator[Finding]:
    for answer in survey.answers:
        if answer.error:
            yield Finding(
                rule="dns.server-in-trouble",
                severity="block",
                subject=f"{survey.name} at {answer.server}",
                detail=f"{answer.server} ({answer.address or 'no address'}) {answer.error}",
                remedy=f"mend this server, or take it out of the zone {survey.zone}",
                otherwise="part of the visitors would not see the switch",
            )
    good = [a for a in survey.answers if not a.error]
    if survey.through == "cache":
        return  # caches count down, each by itself: their TTLs differ by nature
    if len({tuple(_all(a.records, survey.name)) for a in good}) > 1:
        yield Finding(
            rule="dns.servers-disagree",
            severity="block",
            subject=survey.name,
            detail="; ".join(f"{a.server}: {_words(a.records, survey.name)}" for a in good),
            remedy="wait until the last edit has reached every server, or ask the DNS host",
            otherwise="the switch would be half done",
        )
    elif len({a.serial for a in good}) > 1:
        yield Finding(
            rule="dns.serials-differ",
            severity="warn",
            subject=survey.zone,
            detail="; ".join(f"{a.server}: serial {a.serial}" for a in good),
            remedy="look again in a minute: an edit may be on its way",
        )


def _chain(name: str, surveys: Surveys) -> tuple[str, ...]:
    """All names on the way along the aliases of `name`, itself first, surveyed or not."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in found:
            continue
        found[current] = None
        survey = surveys.get(current)
        links = [] if survey is None else good_records(survey)
        waiting += [plain_name(v) for r in links if r.type == "CNAME" for v in r.values]
    return tuple(found)


def _all(records: tuple[Record, ...], name: str) -> list[Record]:
    """Records of the name itself, CAA left out: it may come from elsewhere on the tree."""
    return [r for r in records if same_name(r.name, name) and r.type != "CAA"]


def _words(records: tuple[Record, ...], name: str) -> str:
    return record_words(next(iter(leading_at(records, name) or _all(records, name)), None))
