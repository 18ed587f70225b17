"""What in DNS would keep the new side from its certificate before the switch?"""

from collections.abc import Iterator, Mapping

from wizard.model.database import Finding
from wizard.model.dns import NameSurvey
from wizard.rules.caa import judge
from wizard.rules.survey_reading import (
    alias_of,
    good_records,
    leading,
    own_records,
    plain_name,
    same_name,
)

Surveys = Mapping[str, NameSurvey]
CHALLENGE = "_acme-challenge"
_MOST_ALIASES = 8


def challenge_name(name: str) -> str:
    """Where the dns-01 record of a name stands; a wildcard shares its parent's."""
    return f"{CHALLENGE}.{name.removeprefix('*.')}"


def wildcard_findings(survey: NameSurvey, surveys: Surveys, label: str) -> Iterator[Finding]:
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


def challenge_findings(name: str, survey: NameSurvey | None, target: str) -> Iterator[Finding]:
    """What stands already where the certificate's alias belongs: it would win over the alias."""
    if survey is None:
        return
    alias = alias_of(survey)
    if not alias and any(r.type == "TXT" for r in own_records(survey)):
        yield Finding(
            rule="dns.acme-txt-in-the-way",
            severity="block",
            subject=survey.name,
            detail="a TXT record stands where the certificate's alias belongs",
            remedy="remove the TXT record (note first what it was for)",
            otherwise=f"no certificate for {name} before the switch",
        )
    if alias and not (target and same_name(alias, target)):
        yield Finding(
            rule="dns.acme-alias-elsewhere",
            severity="block" if target else "warn",
            subject=survey.name,
            detail=f"points at {alias}",
            remedy=f"point it at {target}" if target else "it will have to point at the new side",
            otherwise=f"no certificate for {name} before the switch",
        )


def caa_findings(name: str, surveys: Surveys) -> Iterator[Finding]:
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
    found: list[str] = []
    for _ in range(_MOST_ALIASES):
        if survey is None:
            break
        found += [v for r in good_records(survey) if r.type == "CAA" for v in r.values]
        links = [r.values[0] for r in good_records(survey) if r.type == "CNAME" and r.values]
        survey = next((surveys[plain_name(t)] for t in links if plain_name(t) in surveys), None)
    return tuple(dict.fromkeys(found))


def _values(survey: NameSurvey) -> set[tuple[str, tuple[str, ...]]]:
    return {(record.type, record.values) for record in leading(survey)}
