"""What at a name would stay behind, hide or spoil the switch?"""

from collections.abc import Iterator, Mapping

from wizard.model.database import Finding
from wizard.model.dns import NameSurvey
from wizard.model.dns_report import TtlStory
from wizard.rules.dns_hosts import apex_remedy, dns_host
from wizard.rules.domains import is_apex, old_ttl
from wizard.rules.proxied import proxied_by
from wizard.rules.survey_reading import addresses_of, leading, own_records, same_name

_DAY = 86_400
_HOUR = 3_600


def record_findings(survey: NameSurvey, signed: bool | None = None) -> Iterator[Finding]:
    """The records at the name itself, one look at each kind."""
    own = own_records(survey)
    if not leading(survey):
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
    binding = next((r for r in own if r.type in ("HTTPS", "SVCB")), None)
    if binding is not None:
        yield Finding(
            rule="dns.https-record-stays-behind",
            severity="block",
            subject=survey.name,
            detail=f"{binding.type} {', '.join(binding.values)}",
            remedy=f"remove the {binding.type} record before the switch",
            otherwise=_binding_harm(" ".join(binding.values)),
        )
    apex = is_apex(survey.name, survey.zone)
    rest = sorted({r.type for r in own if r.type in ("MX", "TXT")})
    if rest and not apex and leading(survey):
        yield Finding(
            rule="dns.records-beside-an-alias",
            severity="block",
            subject=survey.name,
            detail=f"{' and '.join(rest)} records stand here, and a CNAME suffers none beside it",
            remedy="move them to another name, or let this name stay and move a name below it",
            otherwise="the DNS host refuses the switch, or drops them (mail, proofs of ownership)",
        )
    if apex:
        host = dns_host(a.server for a in survey.answers)
        yield Finding(
            rule="dns.apex-needs-alias",
            severity="warn",
            subject=survey.name,
            detail="no CNAME can stand at the top of a zone",
            remedy=apex_remedy(host, signed=bool(signed)),
            otherwise="without either, this name cannot move: addresses of the new side change",
        )
    old_style = next((v for r in own for v in r.values if v.endswith(".herokuapp.com")), None)
    if old_style:
        yield Finding(
            rule="dns.points-at-herokuapp",
            severity="info",
            subject=survey.name,
            detail=f"points at {old_style}, not at a herokudns.com name: "
            "Heroku's own certificates do not cover that",
            remedy="nothing to do for the move: it will point at the new side",
        )


def _binding_harm(value: str) -> str:
    if "hint" in value:
        return "it holds addresses: browsers that ask for it first go on to the old side"
    return "browsers ask for it first, and a CNAME cannot stand beside it"


def proxy_findings(survey: NameSurvey) -> Iterator[Finding]:
    """A name behind a proxy never changes outside, whatever is switched behind it."""
    proxy = proxied_by(addresses_of(survey))
    if proxy:
        yield Finding(
            rule="dns.proxied",
            severity="block",
            subject=survey.name,
            detail=f"leads to {proxy}'s proxy, so the record that is switched cannot be seen",
            remedy=f"turn the proxy off for this name (“DNS only”) until the move is over; or keep "
            f"it, give the origin a name of its own at {proxy} without proxy, and move that name",
            otherwise="DNS shows the same before and after: nobody could say when it was switched",
        )


def zone_findings(survey: NameSurvey, signed: bool | None) -> Iterator[Finding]:
    """DNSSEC, and how long a missing name is remembered."""
    if signed:
        yield Finding(
            rule="dns.zone-signed",
            severity="info",
            subject=survey.zone,
            detail="the zone is signed (DNSSEC): the parent holds a DS record",
            remedy="change records only; do not move the zone to other name servers this week",
            otherwise="a zone whose signatures do not fit its DS record vanishes for most visitors",
        )
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


def hosts_file_findings(name: str, entries: Mapping[str, str]) -> Iterator[Finding]:
    """`entries`: what this machine's hosts file says, name → address."""
    found = next((a for host, a in entries.items() if same_name(host, name)), None)
    if found is not None:
        yield Finding(
            rule="dns.hosts-file-names-it",
            severity="block",
            subject=name,
            detail=f"this machine's hosts file says {found}",
            remedy="take the line out; moveday needs no such line, it connects by address itself",
            otherwise="this machine's browser shows one side for ever, whatever DNS says",
        )


def story_findings(name: str, story: TtlStory) -> Iterator[Finding]:
    """What the looks so far say about the TTL."""
    if story.raised_at is not None and story.low_since is None:
        yield Finding(
            rule="dns.ttl-raised-again",
            severity="warn",
            subject=name,
            detail=f"the TTL was {story.low_ttl} s or less, and stands at {story.now} s again",
            remedy=f"lower it to {story.low_ttl} s again; the old TTL counts anew from then",
            otherwise="caches take up long copies again: a switch now is seen late",
        )


def site_findings(name: str, hsts: bool) -> Iterator[Finding]:
    """What the old side tells browsers."""
    if hsts:
        yield Finding(
            rule="dns.hsts",
            severity="info",
            subject=name,
            detail="the old side tells browsers to accept this name with a good certificate only",
            remedy="nothing to do: the cutover stops unless the new certificate is ready",
            otherwise="without it, visitors could not even click a certificate's warning away",
        )
