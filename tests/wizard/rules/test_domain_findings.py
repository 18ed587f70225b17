"""What is found in a name's DNS before the certificate is asked for and the name is switched."""

import pytest

from wizard.model.dns import NameSurvey, Record, ServerAnswer
from wizard.rules.caa import judge
from wizard.rules.domain_findings import challenge_name, domain_findings, looks_for

ZONE = "acme-clinic.test"
WWW = f"www.{ZONE}"
OLD, NEW = "label.herokudns.com", "elb-acme-7.aptible.in"
LABEL = "k3x9q"


def record(name: str, kind: str, *values: str, ttl: int = 30) -> Record:
    return Record(name=name, type=kind, ttl=ttl, values=values)


def survey(
    name: str, *servers: tuple[Record, ...] | str, serials: tuple[int, ...] = (1, 1)
) -> NameSurvey:
    answers = [
        ServerAnswer(
            server=f"ns{n}.dnshost.test",
            address=f"192.0.2.{n}",
            serial=None if isinstance(records, str) else serials[n],
            records=() if isinstance(records, str) else records,
            error=records if isinstance(records, str) else "",
        )
        for n, records in enumerate(servers)
    ]
    return NameSurvey(name=name, zone=ZONE, answers=tuple(answers), negative_ttl=300)


def both(name: str, *records: Record) -> NameSurvey:
    return survey(name, records, records)


GOOD = both(WWW, record(WWW, "CNAME", OLD))


def rules(*surveys: NameSurvey, name: str = WWW, target: str = f"acme.{NEW}") -> dict[str, str]:
    by_host = {s.name: s for s in surveys}
    return {f.rule: f.severity for f in domain_findings(name, by_host, LABEL, target)}


def test_nothing_to_say_about_a_plain_name() -> None:
    assert rules(GOOD, both(challenge_name(WWW)), both(ZONE)) == {}
    assert rules() == {}


def test_servers_in_trouble_or_at_odds() -> None:
    plain = (record(WWW, "CNAME", OLD),)
    assert rules(survey(WWW, plain, "does not answer")) == {"dns.server-in-trouble": "block"}
    other = (record(WWW, "CNAME", NEW),)
    assert rules(survey(WWW, plain, other, serials=(2, 1))) == {"dns.servers-disagree": "block"}
    longer = (record(WWW, "CNAME", OLD, ttl=60),)
    assert rules(survey(WWW, plain, longer)) == {"dns.servers-disagree": "block"}
    assert rules(survey(WWW, plain, plain, serials=(2, 1))) == {"dns.serials-differ": "warn"}


def test_records_that_would_stay_behind() -> None:
    found = rules(both(WWW, record(WWW, "A", "198.51.100.10"), record(WWW, "AAAA", "2001:db8::1")))
    assert found == {"dns.ipv6-stays-behind": "block"}
    assert rules(both(WWW)) == {"dns.no-record": "warn"}
    assert rules(both(WWW, record(WWW, "CNAME", "acme.herokuapp.com"))) == {
        "dns.points-at-herokuapp": "info"
    }


def test_apex_needs_an_alias() -> None:
    apex = both(ZONE, record(ZONE, "A", "198.51.100.10"))
    assert rules(apex, name=ZONE) == {"dns.apex-needs-alias": "warn"}


def test_what_stands_where_the_certificate_alias_belongs() -> None:
    challenge = challenge_name(WWW)
    text = both(challenge, record(challenge, "TXT", "token"))
    assert rules(GOOD, text) == {"dns.acme-txt-in-the-way": "block"}
    elsewhere = both(challenge, record(challenge, "CNAME", "elsewhere.example"))
    assert rules(GOOD, elsewhere) == {"dns.acme-alias-elsewhere": "block"}
    assert rules(GOOD, elsewhere, target="") == {"dns.acme-alias-elsewhere": "warn"}
    # A TXT at the end of a right alias is the new side's own proof.
    right = both(challenge, record(challenge, "CNAME", f"acme.{NEW}."), record("x", "TXT", "t"))
    assert rules(GOOD, right) == {}


def test_wildcard_trap() -> None:
    below, beside = f"{LABEL}.{WWW}", f"{LABEL}.{ZONE}"
    wild = [both(host, record(host, "CNAME", OLD)) for host in (below, beside)]
    assert rules(GOOD, *wild) == {"dns.wildcard-only": "block"}
    # With a record of its own the name hides the wildcard from what lies below it.
    assert rules(GOOD, both(below), wild[1]) == {}
    assert rules(GOOD, both(below), both(beside)) == {}


def test_caa_is_climbed_to_the_closest_set() -> None:
    other = record(ZONE, "CAA", '0 issue "digicert.com"')
    assert rules(GOOD, both(ZONE, other)) == {"dns.caa-forbids": "block"}
    ours = record(WWW, "CAA", '0 issue "letsencrypt.org"')
    assert rules(both(WWW, record(WWW, "A", "192.0.2.9"), ours), both(ZONE, other)) == {}
    # The set at an alias' target counts as the name's own.
    platform = both(OLD, record(OLD, "CAA", '0 issue "letsencrypt.org"'))
    assert rules(GOOD, platform, both(ZONE, other)) == {}
    only = record(ZONE, "CAA", '0 issue "letsencrypt.org; accounturi=https://x.test/1"')
    assert rules(GOOD, both(ZONE, only)) == {"dns.caa-names-an-account": "warn"}


@pytest.mark.parametrize(
    ("records", "wildcard", "result"),
    [
        ([], False, "allowed"),
        (['0 iodef "mailto:a@b.test"'], False, "allowed"),
        (['0 issue "letsencrypt.org"'], False, "allowed"),
        (['0 issue "LetsEncrypt.org."', '0 issue "digicert.com"'], False, "allowed"),
        (['0 issue ";"'], False, "forbidden"),
        (['0 issue "letsencrypt.org; validationmethods=http-01"'], False, "forbidden"),
        (['0 issue "letsencrypt.org; validationmethods=http-01,dns-01"'], False, "allowed"),
        (['0 issue "letsencrypt.org"', '0 issuewild ";"'], False, "allowed"),
        (['0 issue "letsencrypt.org"', '0 issuewild ";"'], True, "forbidden"),
        (['0 issuewild "letsencrypt.org"', '0 issue ";"'], True, "allowed"),
        (['0 issue "letsencrypt.org"', '128 strange "x"'], False, "forbidden"),
        (["not a record at all"], False, "allowed"),
    ],
)
def test_caa(records: list[str], wildcard: bool, result: str) -> None:
    assert judge(records, wildcard=wildcard).result == result


def test_dates_worth_knowing() -> None:
    slow = both(WWW, record(WWW, "CNAME", OLD, ttl=172_800)).model_copy(
        update={"negative_ttl": 86_400}
    )
    assert rules(slow) == {"dns.long-ttl": "warn", "dns.long-negative-ttl": "info"}


def test_blocks_come_first_and_every_finding_can_be_acted_on() -> None:
    bad = survey(WWW, (record(WWW, "AAAA", "2001:db8::1", ttl=172_800),), "is silent")
    found = domain_findings(WWW, {WWW: bad}, LABEL)
    assert [f.severity for f in found] == sorted(f.severity for f in found)
    assert all(f.rule.startswith("dns.") and f.detail and f.remedy for f in found)


def test_looks_cover_what_the_findings_read() -> None:
    looks = dict(looks_for(f"app.eu.{ZONE}", LABEL))
    assert set(looks) == {
        f"app.eu.{ZONE}",
        f"_acme-challenge.app.eu.{ZONE}",
        f"{LABEL}.app.eu.{ZONE}",
        f"{LABEL}.eu.{ZONE}",
        f"eu.{ZONE}",
        ZONE,
    }
    assert set(dict(looks_for(ZONE, LABEL))) == {ZONE, challenge_name(ZONE)}
    wild = dict(looks_for(f"*.{ZONE}", LABEL))
    assert wild[ZONE] == ("CAA",)
    assert challenge_name(f"*.{ZONE}") in wild
