"""A survey of names: facts from every authoritative server, findings, the earliest safe switch."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wizard.clock import Clock
from wizard.engine.chain import Entry
from wizard.model.database import Finding
from wizard.model.dns import SiteAnswer
from wizard.model.dns_report import DnsReport, NameReport, SideSeen
from wizard.ports.dns import Dns, SiteProbe
from wizard.rules.dns_hosts import dns_host
from wizard.rules.domain_findings import domain_findings, ordered
from wizard.rules.other_records import changed_others, fingerprints_beside
from wizard.rules.survey_reading import plain_name
from wizard.rules.switch_findings import hosts_file_findings, site_findings, story_findings
from wizard.rules.ttl_history import Look, ttl_story
from wizard.runbook.dns.looks import Seen, look_at, look_at_others, random_label
from wizard.runbook.dns.memory import last_report, remembered_looks


@dataclass(frozen=True)
class Surveyor:
    """What a survey needs. `hosts_file` is this machine's, name → address; `low_ttl` seconds.

    `entries` are the journal's, none without a move; `acme_targets`: where the new side wants each
    name's dns-01 alias to point, as far as there are endpoints; `told`: old TTLs a person knows.
    """

    dns: Dns
    site: SiteProbe
    clock: Clock
    low_ttl: int
    hosts_file: Mapping[str, str]
    entries: Sequence[Entry] = ()
    acme_targets: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)

    async def survey(self, names: Iterable[str]) -> DnsReport:
        """Look at every name. Raises OutsideError when a zone cannot be found at all."""
        wanted = tuple(dict.fromkeys(plain_name(name) for name in names))
        label = random_label()
        seen = await look_at(self.dns, wanted, label)
        others, sites = await asyncio.gather(
            look_at_others(self.dns, (seen.surveys[name].zone for name in wanted)),
            asyncio.gather(*(self._visit(name) for name in wanted)),
        )
        at = self.clock.now()
        found = []
        for name, site in zip(wanted, sites, strict=True):
            survey = seen.surveys[name]
            looks = [*remembered_looks(self.entries, name), Look(at, survey)]
            story = ttl_story(looks, self.low_ttl, at, self.told.get(name))
            beside = fingerprints_beside(survey)
            kept = dict(sorted((others[survey.zone] | beside).items()))
            findings = ordered(
                [
                    *self._findings(name, seen, label),
                    *story_findings(name, story),
                    *hosts_file_findings(name, self.hosts_file),
                    *site_findings(name, site is not None and site.hsts),
                    *self._changes(name, kept),
                ]
            )
            found.append(
                NameReport(
                    name=name,
                    survey=survey,
                    dns_host=dns_host(a.server for a in survey.answers).name,
                    signed=seen.signed.get(survey.zone),
                    ttl=story,
                    findings=findings,
                    others=kept,
                    old_side=_side(site),
                )
            )
        return DnsReport(at=at, names=tuple(found), notes=seen.troubles)

    def _findings(self, name: str, seen: Seen, label: str) -> tuple[Finding, ...]:
        target = self.acme_targets.get(name, "")
        signed = seen.signed.get(seen.surveys[name].zone)
        return domain_findings(name, seen.surveys, label, target, signed)

    def _changes(self, name: str, kept: Mapping[str, str]) -> list[Finding]:
        before = last_report(self.entries, name)
        if before is None:
            return []
        return [other_changed(words) for words in changed_others(before.others, kept)]

    async def _visit(self, name: str) -> SiteAnswer | None:
        """The site as it answers today, over a pinned connection; None when nothing leads there."""
        if name.startswith("*."):
            return None
        addresses = await self.dns.addresses(name)
        return await self.site.visit(f"https://{name}/", addresses[0]) if addresses else None


def other_changed(words: str) -> Finding:
    """A record beside the move is not what it was."""
    return Finding(
        rule="dns.other-record-changed",
        severity="warn",
        subject=words.partition(" ")[2].partition(" ")[0],
        detail=f"{words}, compared with the survey before",
        remedy="look whether that was meant; if not, put it back from the DNS host's history",
        otherwise="mail or proofs of ownership may be broken",
    )


def _side(site: SiteAnswer | None) -> SideSeen | None:
    if site is None or not site.certificate:
        return None
    return SideSeen(certificate=site.certificate, serial=site.serial, addresses=(site.address,))
