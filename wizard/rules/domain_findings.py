"""What in a name's DNS would spoil the certificate or the switch? Findings with remedies."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from wizard.model.database import Finding
from wizard.model.dns import NameSurvey, Record, RecordType
from wizard.rules.caa import judge
from wizard.rules.domains import is_apex, old_ttl, same_name

_DAY = 86_400
_HOUR = 3_600
_CHALLENGE = "_acme-challenge"
Surveys = Mapping[str, NameSurvey]
Severity = Literal["info", "warn", "block"]


class Look(NamedTuple):
    """One survey that the findings need: `survey(host, types)`."""

    host: str
    types: tuple[RecordType, ...]


def challenge_name(name: str) -> str:
    """Where the dns-01 record of a name stands; a wildcard shares its parent's."""
    return f"{_CHALLENGE}.{name.removeprefix('*.')}"


def looks_for(name: str, label: str) -> tuple[Look, ...]:
    """The surveys that `domain_findings` wants for one name.

    `label` is one no zone has (random letters): what answers below and beside the name with it
    comes from a wildcard. Asking plants negative answers nowhere, since only authorities are asked.
    """
    bare = name.removeprefix("*.")
    parent = bare.partition(".")[2]
    looks = [
        Look(name, ("A", "CNAME", "AAAA", "CAA")),
        Look(challenge_name(name), ("TXT", "CNAME")),
    ]
    if "." in parent:  # registries are not searched with random labels
        looks += [Look(f"{label}.{host}", ("A", "CNAME")) for host in (bare, parent)]
    climb = bare if name != bare else parent
    while "." in climb:
        looks.append(Look(climb, ("CAA",)))
        climb = climb.partition(".")[2]
    return tuple(looks)


def domain_findings(
    name: str, surveys: Surveys, label: str, acme_target: str = ""
) -> tuple[Finding, ...]:
    """Everything worth saying about one name, blocks first.

    `surveys` by host as in `looks_for`; one that is missing leaves its findings out. For the CAA
    of an alias, the target's own survey may be added. `acme_target` is where the new side wants
    the dns-01 alias to point, "" when there is no endpoint yet.
    """
    survey = surveys.get(name)
    if survey is None:
        return ()
    found = [
        *_servers(survey),
        *_record(survey),
        *_wildcard(survey, surveys, label),
        *_challenge(name, surveys.get(challenge_name(name)), acme_target),
        *_caa(name, surveys),
        *_dates(survey),
    ]
    order = {"block": 0, "warn": 1, "info": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.severity]))


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
    if len({tuple(_all(a.records, survey.name)) for a in good}) > 1:
        yield Finding(
            rule="dns.servers-disagree",
            severity="block",
            subject=survey.name,
            detail="; ".join(f"{a.server}: {_words(a.own(survey.name))}" for a in good),
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


def _record(survey: NameSurvey) -> Iterator[Finding]:
    own = _own(survey)
    if not own:
        yield Finding(
            rule="dns.no-record",
            severity="warn",
            subject=survey.name,
            detail=f"the zone {survey.zone} has no address or alias for this name",
            remedy="check the spelling; a new name is seen after the negative TTL has run out",
        )
    ipv6 = next((r for r in own if r.type == "AAAA"), None)
    if ipv6 is not None:
        yield Finding(
            rule="dns.ipv6-stays-behind",
            severity="block",
            subject=survey.name,
            detail=f"AAAA {', '.join(ipv6.values)}",
            remedy="remove the AAAA record before the switch",
            otherwise="visitors with IPv6 stay on the old side; a CNAME cannot stand beside it",
        )
    if is_apex(survey.name, survey.zone):
        yield Finding(
            rule="dns.apex-needs-alias",
            severity="warn",
            subject=survey.name,
            detail="no CNAME can stand at the top of a zone",
            remedy="use the DNS host's ALIAS (or flattened CNAME), or redirect to www",
            otherwise="without either, this name cannot move: addresses of the new side change",
        )
    old_style = next((v for r in own for v in r.values if v.endswith(".herokuapp.com")), None)
    if old_style:
        yield Finding(
            rule="dns.points-at-herokuapp",
            severity="info",
            subject=survey.name,
            detail=f"points at {old_style}, not at a herokudns.com name",
            remedy="nothing to do for the move: it will point at the new side",
        )


def _wildcard(survey: NameSurvey, surveys: Surveys, label: str) -> Iterator[Finding]:
    """A name that has a node of its own hides the wildcard from everything below it (RFC 4592).

    So when a random label *below* the name is answered just like one *beside* it, the name itself
    comes from the wildcard as well.
    """
    bare = survey.name.removeprefix("*.")
    below = surveys.get(f"{label}.{bare}")
    beside = surveys.get(f"{label}.{bare.partition('.')[2]}")
    if below is None or beside is None or survey.name.startswith("*."):
        return
    of_name, of_below, of_beside = (_values(s) for s in (survey, below, beside))
    if of_name and of_name == of_below == of_beside:
        yield Finding(
            rule="dns.wildcard-only",
            severity="block",
            subject=survey.name,
            detail="this name is answered by a wildcard only",
            remedy=f"first give {survey.name} a record of its own, the same as the wildcard's; "
            f"only then add {challenge_name(survey.name)}",
            otherwise="adding the certificate's record below it makes the name vanish at once",
        )


def _challenge(name: str, survey: NameSurvey | None, target: str) -> Iterator[Finding]:
    if survey is None:
        return
    own = _own(survey)
    alias = next((r for r in own if r.type == "CNAME"), None)
    if alias is None and any(r.type == "TXT" for r in own):
        yield Finding(
            rule="dns.acme-txt-in-the-way",
            severity="block",
            subject=survey.name,
            detail="a TXT record stands where the certificate's alias belongs",
            remedy="remove the TXT record (note first what it was for)",
            otherwise=f"no certificate for {name} before the switch",
        )
    if alias is not None and not (target and same_name(alias.values[0], target)):
        yield Finding(
            rule="dns.acme-alias-elsewhere",
            severity="block" if target else "warn",
            subject=survey.name,
            detail=f"points at {alias.values[0]}",
            remedy=f"point it at {target}" if target else "it will have to point at the new side",
            otherwise=f"no certificate for {name} before the switch",
        )


def _caa(name: str, surveys: Surveys) -> Iterator[Finding]:
    """The closest set on the way up decides; for a wildcard the way begins at its parent."""
    holder = name.removeprefix("*.")
    while holder:
        records = _caa_of(surveys.get(holder), surveys)
        if records:
            break
        holder = holder.partition(".")[2]
    else:
        return
    verdict = judge(records, wildcard=name.startswith("*."))
    if verdict.result == "allowed":
        return
    forbidden = verdict.result == "forbidden"
    yield Finding(
        rule="dns.caa-forbids" if forbidden else "dns.caa-names-an-account",
        severity="block" if forbidden else "warn",
        subject=holder,
        detail=f"CAA: {verdict.reason}",
        remedy=f'add at {holder}: CAA 0 issue "letsencrypt.org"',
        otherwise=f"no managed certificate for {name}",
    )


def _caa_of(survey: NameSurvey | None, surveys: Surveys) -> tuple[str, ...]:
    """The CAA set at a name, or at the end of its alias (RFC 8659, section 3)."""
    if survey is None:
        return ()
    found = _good_records(survey)
    for record in [r for r in found if r.type == "CNAME"]:
        target = surveys.get(record.values[0]) if record.values else None
        if target is not None:
            found += _good_records(target)
    return tuple(dict.fromkeys(v for r in found if r.type == "CAA" for v in r.values))


def _dates(survey: NameSurvey) -> Iterator[Finding]:
    ttl = old_ttl(survey)
    if ttl > _DAY:
        yield Finding(
            rule="dns.long-ttl",
            severity="warn",
            subject=survey.name,
            detail=f"TTL {ttl} s: caches hold the old record for {ttl / _HOUR:.0f} hours",
            remedy="lower the TTL now; the switch can follow that much later",
        )
    if survey.negative_ttl is not None and survey.negative_ttl > _HOUR:
        yield Finding(
            rule="dns.long-negative-ttl",
            severity="info",
            subject=survey.zone,
            detail=f"a missing name is remembered for {survey.negative_ttl / _HOUR:.1f} hours",
            remedy="do not look names up through a resolver before they exist",
        )


def _all(records: tuple[Record, ...], name: str) -> list[Record]:
    """Records of the name itself, CAA left out: it may come from elsewhere on the tree."""
    return [r for r in records if same_name(r.name, name) and r.type != "CAA"]


def _own(survey: NameSurvey) -> list[Record]:
    return _all(tuple(_good_records(survey)), survey.name)


def _good_records(survey: NameSurvey) -> list[Record]:
    return [record for a in survey.answers if not a.error for record in a.records]


def _values(survey: NameSurvey) -> set[tuple[str, tuple[str, ...]]]:
    return {(record.type, record.values) for record in _own(survey)}


def _words(record: Record | None) -> str:
    if record is None:
        return "nothing"
    return f"{record.type} {', '.join(record.values)} (TTL {record.ttl})"
