"""Hostile and broken delegations: the walk stays bounded and believes nobody about others."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from providers.dns.authority import AuthoritativeDns
from providers.sandbox.dns.listener import DnsListener
from wizard.errors import OutsideError
from wizard.safety.network import Network

ROOT, REGISTRY, HOST, EXTRA, TRAP = (f"192.0.2.{n}" for n in range(1, 6))
WWW = "www.clinic.test"
Script = Callable[[str, str, dns.message.Message], None]


class Scripted:
    """A server that does what its script says, and remembers what it was asked."""

    def __init__(self, script: Script) -> None:
        self.asked: list[tuple[str, str]] = []
        self._script = script
        self.listener = DnsListener(self._handle)

    async def _handle(self, question: dns.message.Message) -> dns.message.Message:
        asked = question.question[0]
        name, kind = asked.name.to_text(True), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        reply = dns.message.make_response(question)
        self._script(name, kind, reply)
        return reply


@asynccontextmanager
async def internet(
    **scripts: Script,
) -> AsyncIterator[tuple[AuthoritativeDns, dict[str, Scripted]]]:
    addresses = {"root": ROOT, "registry": REGISTRY, "host": HOST, "extra": EXTRA, "trap": TRAP}
    servers = {role: Scripted(script) for role, script in scripts.items()}
    async with AsyncExitStack() as stack:
        endpoints = {}
        for role, server in servers.items():
            await server.listener.start()
            stack.push_async_callback(server.listener.stop)
            endpoints[addresses[role], 53] = ("127.0.0.1", server.listener.port)
        network = Network(dns_roots=(ROOT,), endpoints=endpoints)
        yield AuthoritativeDns(network, timeout=1.0), servers


def refers(zone: str, servers: Sequence[str], **glue: str) -> Script:
    """Refer to `zone`; glue is given as name=address with _ for dots."""

    def script(_name: str, _kind: str, reply: dns.message.Message) -> None:
        names = [f"{server}." for server in servers]
        reply.authority.append(dns.rrset.from_text(f"{zone}.", 600, "IN", "NS", *names))
        for owner, address in glue.items():
            reply.additional.append(
                dns.rrset.from_text(owner.replace("_", ".") + ".", 600, "IN", "A", address)
            )

    return script


def answers(records: dict[tuple[str, str], str], zone: str = "clinic.test") -> Script:
    def script(name: str, kind: str, reply: dns.message.Message) -> None:
        reply.flags |= dns.flags.AA
        soa = "ns. host. 7 60 60 60 15"
        if (name, kind) in records:
            values = records[name, kind].split()
            reply.answer.append(dns.rrset.from_text(f"{name}.", 30, "IN", kind, *values))
        elif (name, kind) == (zone, "SOA"):
            reply.answer.append(dns.rrset.from_text(f"{zone}.", 60, "IN", "SOA", soa))
        else:
            reply.authority.append(dns.rrset.from_text(f"{zone}.", 60, "IN", "SOA", soa))

    return script


TO_REGISTRY = refers("test", ["ns.test"], ns_test=REGISTRY)
TO_HOST = refers("clinic.test", ["ns1.clinic.test"], ns1_clinic_test=HOST)


async def test_plain_way_down() -> None:
    host = answers({(WWW, "A"): "198.51.100.10"})
    async with internet(root=TO_REGISTRY, registry=TO_HOST, host=host) as (client, servers):
        survey = await client.survey(WWW)
        assert (survey.zone, survey.parent_ttl, survey.negative_ttl) == ("clinic.test", 600, 15)
        assert survey.agreed
        before = len(servers["root"].asked), len(servers["registry"].asked)
        await client.survey(WWW)
        assert before == (len(servers["root"].asked), len(servers["registry"].asked)), (
            "polling does not press on root and registry"
        )
        assert ("www.clinic.test", "NS") not in servers["root"].asked, "they learn no more than due"


async def test_server_that_only_the_zone_itself_names_is_asked_too() -> None:
    records = {
        ("clinic.test", "NS"): "ns1.clinic.test. ns9.clinic.test.",
        ("ns9.clinic.test", "A"): EXTRA,
        (WWW, "A"): "198.51.100.10",
    }
    stale = answers({(WWW, "A"): "198.51.100.99"})
    async with internet(root=TO_REGISTRY, registry=TO_HOST, host=answers(records), extra=stale) as (
        client,
        _,
    ):
        survey = await client.survey(WWW)
    assert [a.server for a in survey.answers] == ["ns1.clinic.test", "ns9.clinic.test"]
    assert not survey.agreed


async def test_glue_about_other_peoples_names_is_not_believed() -> None:
    lies = refers("clinic.test", ["ns.elsewhere.com"], ns_elsewhere_com=TRAP)

    def root(name: str, kind: str, reply: dns.message.Message) -> None:
        if name.endswith("com"):
            reply.flags |= dns.flags.AA
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            TO_REGISTRY(name, kind, reply)

    trap = answers({(WWW, "A"): "203.0.113.66"})
    async with internet(root=root, registry=lies, trap=trap) as (client, servers):
        survey = await client.survey(WWW)
        assert servers["trap"].asked == []
    assert [(a.server, a.error) for a in survey.answers] == [
        ("ns.elsewhere.com", "no address is known for this server")
    ]


async def test_servers_that_name_each_other_end() -> None:
    def registry(name: str, kind: str, reply: dns.message.Message) -> None:
        zone, other = ("a.test", "b.test") if name.endswith("a.test") else ("b.test", "a.test")
        refers(zone, [f"ns{n}.{other}" for n in range(30)])(name, kind, reply)

    async with internet(root=TO_REGISTRY, registry=registry) as (client, servers):
        try:
            survey = await client.survey("www.a.test")
        except OutsideError:
            pass
        else:
            assert all(a.error for a in survey.answers)
        assert len(servers["registry"].asked) <= 150


async def test_referral_upwards_is_a_lame_server() -> None:
    upwards = refers("", ["ns.test"], ns_test=REGISTRY)
    async with internet(root=TO_REGISTRY, registry=TO_HOST, host=upwards) as (client, _):
        survey = await client.survey(WWW)
    assert [a.error for a in survey.answers] == ["is not authoritative for this zone (lame)"]


async def test_interception_is_named() -> None:
    def resolver(name: str, kind: str, reply: dns.message.Message) -> None:
        reply.flags |= dns.flags.RA
        reply.answer.append(dns.rrset.from_text(f"{name}.", 9, "IN", "NS", "ns.test."))

    async with internet(root=resolver) as (client, _):
        with pytest.raises(OutsideError) as caught:
            await client.survey(WWW)
    assert "intercepted" in caught.value.detail


async def test_server_that_knows_no_edns_is_asked_without() -> None:
    good = answers({(WWW, "A"): "198.51.100.10"})

    def old(name: str, kind: str, reply: dns.message.Message) -> None:
        if reply.edns >= 0:
            reply.set_rcode(dns.rcode.FORMERR)
        else:
            good(name, kind, reply)

    async with internet(root=TO_REGISTRY, registry=TO_HOST, host=old) as (client, _):
        assert (await client.survey(WWW)).agreed


async def test_zone_cut_on_the_same_server_is_found() -> None:
    records = {
        ("clinic.test", "NS"): "ns.test.",
        ("ns.test", "A"): REGISTRY,
        (WWW, "A"): "198.51.100.10",
    }
    async with internet(root=TO_REGISTRY, registry=answers(records)) as (client, _):
        survey = await client.survey(WWW)
    assert (survey.zone, survey.parent_ttl) == ("clinic.test", None)
