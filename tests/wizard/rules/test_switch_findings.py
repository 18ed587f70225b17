"""What at a name would stay behind, hide or spoil the switch; and who serves its zone."""

from datetime import UTC, datetime

import pytest

from tests.wizard.rules.test_domain_findings import OLD, WWW, ZONE, both, record, rules
from wizard.model.dns import NameSurvey, ServerAnswer
from wizard.model.dns_report import TtlStory
from wizard.rules.dns_hosts import apex_remedy, dns_host
from wizard.rules.domain_findings import domain_findings, later_looks
from wizard.rules.other_records import changed_others, fingerprints, looks_at_others
from wizard.rules.proxied import proxied_by
from wizard.rules.switch_findings import hosts_file_findings, site_findings, story_findings

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def test_https_records_stay_behind_with_or_without_addresses() -> None:
    bare = record(WWW, "HTTPS", "1 . alpn=h2")
    hints = record(WWW, "HTTPS", "1 . alpn=h2 ipv4hint=198.51.100.10")
    for binding in (bare, hints):
        found = both(WWW, record(WWW, "A", "198.51.100.10"), binding)
        assert rules(found) == {"dns.https-record-stays-behind": "block"}


def test_mail_beside_a_name_that_becomes_an_alias() -> None:
    mail = record(WWW, "MX", "10 mail.example.")
    assert rules(both(WWW, record(WWW, "A", "198.51.100.10"), mail)) == {
        "dns.records-beside-an-alias": "block"
    }
    apex = both(ZONE, record(ZONE, "A", "198.51.100.10"), record(ZONE, "MX", "10 mail.example."))
    assert rules(apex, name=ZONE) == {"dns.apex-needs-alias": "warn"}
    assert rules(both(WWW, mail)) == {"dns.no-record": "warn"}


def test_a_proxied_name_never_changes_outside() -> None:
    assert rules(both(WWW, record(WWW, "A", "104.16.1.1", "172.67.9.9"))) == {
        "dns.proxied": "block"
    }
    assert proxied_by(["104.16.1.1", "198.51.100.10"]) == ""
    assert proxied_by([]) == proxied_by(["2606:4700::1"]) == ""


def test_a_signed_zone_is_told_and_no_more() -> None:
    surveys = {WWW: both(WWW, record(WWW, "CNAME", OLD))}
    assert [f.rule for f in domain_findings(WWW, surveys, "x", signed=True)] == ["dns.zone-signed"]
    assert domain_findings(WWW, surveys, "x", signed=None) == ()


def test_hosts_file_hsts_and_a_ttl_raised_again() -> None:
    (found,) = hosts_file_findings(WWW, {WWW.upper(): "198.51.100.20"})
    assert (found.rule, found.severity) == ("dns.hosts-file-names-it", "block")
    assert list(hosts_file_findings(WWW, {ZONE: "198.51.100.20"})) == []
    assert [f.rule for f in site_findings(WWW, True)] == ["dns.hsts"]
    raised = TtlStory(low_ttl=60, old_ttl=3600, now=3600, raised_at=NOW)
    assert [f.rule for f in story_findings(WWW, raised)] == ["dns.ttl-raised-again"]
    assert list(story_findings(WWW, raised.model_copy(update={"low_since": NOW}))) == []


def test_the_caa_of_an_alias_end_is_looked_up_and_counts() -> None:
    link = f"app.{ZONE}"
    surveys: dict[str, NameSurvey] = {
        WWW: both(WWW, record(WWW, "CNAME", link), record(link, "CNAME", OLD))
    }
    assert {look.host for look in later_looks(WWW, surveys)} == {link, OLD}
    surveys[link] = both(link, record(link, "CNAME", OLD))
    surveys[OLD] = both(OLD, record(OLD, "CAA", '0 issue "digicert.com"'))
    assert later_looks(WWW, surveys) == ()
    assert [f.rule for f in domain_findings(WWW, surveys, "x")] == ["dns.caa-forbids"]


@pytest.mark.parametrize(
    ("servers", "name", "apex"),
    [
        (["ns-12.awsdns-01.com", "ns-900.awsdns-48.co.uk"], "Route 53", "none"),
        (["Amir.ns.Cloudflare.com.", "zoe.ns.cloudflare.com"], "Cloudflare", "flattened"),
        (["dns1.registrar-servers.com"], "Namecheap", "alias"),
        (["ns45.domaincontrol.com"], "GoDaddy", "none"),
        (["ns-cloud-a1.googledomains.com"], "Google Cloud DNS or Squarespace", "unknown"),
        (["dns1.p03.nsone.net"], "NS1 or Netlify", "alias"),
        (["ns1-04.azure-dns.com", "ns2-04.azure-dns.net"], "Azure DNS", "none"),
        (["ns1.dnshost.test"], "", "unknown"),
        (["ns1.digitalocean.com", "ns1.dnshost.test"], "", "unknown"),
        ([], "", "unknown"),
    ],
)
def test_the_host_is_named_from_its_servers_and_no_more(
    servers: list[str], name: str, apex: str
) -> None:
    host = dns_host(servers)
    assert (host.name, host.apex) == (name, apex)
    assert "www" in apex_remedy(host, signed=False) or host.apex == "flattened"


def test_a_panel_is_never_named_from_servers_that_two_companies_use() -> None:
    for server in ("ns-cloud-a1.googledomains.com", "dns1.p03.nsone.net"):
        assert "cannot be named" in dns_host([server]).note


def test_gandi_has_no_alias_in_a_signed_zone() -> None:
    host = dns_host(["ns-12-a.gandi.net"])
    assert "put an ALIAS" in apex_remedy(host, signed=False)
    assert "put an ALIAS" not in apex_remedy(host, signed=True)


def test_other_records_are_remembered_by_hash_and_compared() -> None:
    mail = both(ZONE, record(ZONE, "MX", "10 a.", "20 b."), record(ZONE, "TXT", "v=spf1 -all"))
    before = fingerprints([mail])
    assert set(before) == {f"MX {ZONE}", f"TXT {ZONE}"}
    assert "spf1" not in str(before)
    assert changed_others(before, fingerprints([mail])) == ()
    later = both(ZONE, record(ZONE, "MX", "10 a."), record(ZONE, "CAA", '0 issue "x"'))
    assert changed_others(before, fingerprints([later])) == (
        f"CAA {ZONE} is new",
        f"MX {ZONE} changed",
        f"TXT {ZONE} is gone",
    )
    assert {f"_dmarc.{ZONE}", f"google._domainkey.{ZONE}"} <= {
        look.host for look in looks_at_others(ZONE)
    }


def test_caches_count_down_and_so_never_disagree() -> None:
    answers = tuple(
        ServerAnswer(
            server=str(n),
            address="",
            serial=None,
            records=(record(WWW, "CNAME", OLD, ttl=n),),
        )
        for n in (10, 20)
    )
    survey = NameSurvey(name=WWW, zone=ZONE, answers=answers, through="cache")
    assert domain_findings(WWW, {WWW: survey}, "x") == ()
