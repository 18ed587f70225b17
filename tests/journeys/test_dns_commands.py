"""`moveday dns` as a person runs it, over real servers, with and without a plan."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from providers.sandbox.dns.world import CUSTOMER_ZONE, RESOLVERS, DnsWorld

WWW, OLD = f"www.{CUSTOMER_ZONE}", "label.herokudns.com"
PLAN = f"""format: 1
source: {{kind: heroku, app: acme-clinic}}
target: {{stack: s, environment: e, app: acme-clinic}}
domains: [{WWW}]
dns: {{low_ttl: 5}}
"""


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    talk: str


@dataclass
class Person:
    """Runs `moveday` in a folder, in the network of a world."""

    world: DnsWorld
    folder: Path
    network: Path

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("HEROKU")}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "wizard",
            *words,
            cwd=self.folder,
            env={**environ, "MOVEDAY_NETWORK": str(self.network), "PYTHONPATH": str(Path.cwd())},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *words: str) -> Done:
        process = await self.start(*words)
        out, talk = await asyncio.wait_for(process.communicate(), 240)
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), talk.decode())

    def route(self, endpoints: dict[str, str]) -> None:
        """Say where the world's addresses are."""
        facts = {"dns_roots": self.world.roots, "endpoints": endpoints, "resolvers": RESOLVERS}
        self.network.write_text(json.dumps(facts))


@pytest.fixture
async def person(tmp_path: Path) -> AsyncIterator[Person]:
    world = DnsWorld()
    await world.start()
    world.put(OLD, "A", 60, ["198.51.100.10"])
    world.put(WWW, "CNAME", 3600, [OLD])
    person = Person(world, tmp_path, tmp_path / "network.json")
    person.route(world.endpoints)
    yield person
    await world.stop()


async def test_survey_without_a_plan_or_an_account(person: Person) -> None:
    done = await person.run("dns", "survey", WWW.upper())
    assert done.code == 0, done.talk
    for said in (f"CNAME {OLD} (TTL 3600)", "2 of 2 servers", "a switch is safe in 1 h 1 min"):
        assert said in " ".join(done.out.split())
    assert all(len(line) <= 80 for line in done.out.splitlines())
    assert not (person.folder / ".moveday").exists()
    assert all(not resolver.questions for resolver in person.world.resolvers)


async def test_survey_asks_for_names_and_refuses_what_is_none(person: Person) -> None:
    assert (await person.run("dns", "survey")).code == 2
    done = await person.run("dns", "survey", "bad..name")
    assert done.code == 2 and "not a host name" in done.talk


async def test_findings_that_block_are_said_with_what_to_do(person: Person) -> None:
    person.world.put(CUSTOMER_ZONE, "CAA", 60, ['0 issue "digicert.com"'])
    person.world.put(f"_acme-challenge.{WWW}", "TXT", 60, ["left over \x1b]52;c;aGk=\x07"])
    done = await person.run("dns", "survey", WWW)
    words = " ".join(done.out.split())
    assert done.code == 4
    assert 'do: add at acme-clinic.test: CAA 0 issue "letsencrypt.org"' in words
    assert "2 findings in the way of a switch" in words
    assert "\x1b" not in done.out
    document = json.loads((await person.run("dns", "survey", WWW, "--json")).out)
    rules = [f["rule"] for f in document["names"][0]["findings"]]
    assert {"dns.caa-forbids", "dns.acme-txt-in-the-way"} <= set(rules)


async def test_the_old_ttl_is_remembered_and_a_raise_is_noticed(person: Person) -> None:
    (person.folder / "moveday.yaml").write_text(PLAN)
    assert (await person.run("dns", "survey")).code == 0
    person.world.put(WWW, "CNAME", 5, [OLD])
    lowered = json.loads((await person.run("dns", "survey", "--json")).out)["names"][0]["ttl"]
    assert (lowered["old_ttl"], lowered["now"]) == (3600, 5)
    assert lowered["low_since"] and lowered["safe_at"] and not lowered["assumed"]
    person.world.put(WWW, "CNAME", 600, [OLD])
    raised = await person.run("dns", "survey")
    assert "dns.ttl-raised-again" in raised.out
    journal = (person.folder / ".moveday" / "journal.jsonl").read_text()
    assert journal.count('"key":"dns-survey"') == 3


async def test_a_person_may_say_what_the_ttl_was(person: Person) -> None:
    (person.folder / "moveday.yaml").write_text(PLAN)
    person.world.put(WWW, "CNAME", 5, [OLD])
    first = await person.run("dns", "survey")
    assert "--old-ttl SECONDS" in first.out
    told = await person.run("dns", "survey", "--old-ttl", "7200")
    assert "a switch is safe: in 2 h 1 min" in " ".join(told.out.split())
    # Remembered: the next look need not be told again.
    assert "in 2 h" in " ".join((await person.run("dns", "survey")).out.split())


async def test_a_network_that_answers_itself_is_said(person: Person) -> None:
    resolver = person.world.endpoints[f"{RESOLVERS[0]}:53"]
    person.route(dict.fromkeys(person.world.endpoints, resolver))
    done = await person.run("dns", "survey", WWW)
    assert done.code == 3
    assert "in the place of the servers" in done.talk
    assert "--over-https" in done.talk
    refused = await person.run("dns", "survey", WWW, "--over-https", "http://dns.example/")
    assert refused.code == 2 and "https://" in refused.talk


async def test_watch_stopped_by_hand_says_what_is_known(person: Person) -> None:
    watching = await person.start("dns", "watch", WWW, "--json")
    assert watching.stderr is not None
    talk = b""
    while b"every server" not in talk:
        talk += await asyncio.wait_for(watching.stderr.readline(), 120)
    watching.send_signal(signal.SIGINT)
    out, _ = await asyncio.wait_for(watching.communicate(), 120)
    assert watching.returncode == 130
    known = json.loads(out)
    assert known["ended"] == "stopped by hand"
    assert known["names"][0]["state"] == "old"
    assert all(not resolver.questions for resolver in person.world.resolvers)


async def test_watch_ends_with_the_switch(person: Person) -> None:
    watching = await person.start(
        "dns", "watch", WWW, "--to", "elb-1.aptible.in", "--until", "switched"
    )
    assert watching.stderr is not None
    talk = b""
    while b"every server" not in talk:
        talk += await asyncio.wait_for(watching.stderr.readline(), 120)
    person.world.put("elb-1.aptible.in", "A", 60, ["198.51.100.20"])
    person.world.put(WWW, "CNAME", 5, ["elb-1.aptible.in"])
    out, more = await asyncio.wait_for(watching.communicate(), 240)
    assert watching.returncode == 0, (talk + more).decode()
    assert "switched: every server leads to the new side" in out.decode()
    bad = await person.run("dns", "watch", WWW, "--until", "soon")
    assert bad.code == 2
