"""Signing in with a token pair, the list of clusters, and what the doctor finds."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from providers.sources.medstack import list_apps, open_door
from providers.sources.medstack.doctor import open_doctor
from providers.vault.environment import EnvironmentVault
from tests.providers.sources.medstack.northside import Northside
from wizard.clock import SYSTEM_CLOCK
from wizard.model.doctor import AccountHealth
from wizard.model.sign_in import Entered, Refused, Seen
from wizard.safety.consent import Level, grant
from wizard.safety.redact import REDACTOR

MAY = grant(Level.CHANGE_NEW_SIDE, "sign in", "tester", datetime(2026, 11, 22, tzinfo=UTC))


async def health(clinic: Northside, cluster: str = "") -> AccountHealth:
    doctor = open_doctor(cluster, clinic.environ, EnvironmentVault(clinic.environ), SYSTEM_CLOCK)
    try:
        return await doctor.examine()
    finally:
        await doctor.close()


def outcomes(found: AccountHealth) -> dict[str, str]:
    return {fact.id: fact.outcome for fact in found.facts}


async def test_a_pair_gets_in_and_shows_what_it_sees(clinic: Northside) -> None:
    door = open_door(clinic.environ, SYSTEM_CLOCK)
    token = clinic.company.tokens[0]
    typed = {"key": SecretStr(f" {token.key}\n"), "value": SecretStr(token.value)}
    entered = await door.enter("token", typed, "", MAY)
    assert isinstance(entered, Entered)
    assert door.misshapen(entered.token.get_secret_value()) == ""
    seen = await door.look(entered.token)
    assert isinstance(seen, Seen)
    assert seen.account == "Northside Clinic"
    assert seen.scopes == ("cluster Northside Production", "cluster Northside Staging")
    wrong = await door.look(SecretStr(f"{token.key}:wrong-value"))
    assert isinstance(wrong, Refused)
    assert token.value not in REDACTOR.redact(f"the value {token.value}, the pair {entered.token}")
    swapped = await door.enter("token", {**typed, "key": SecretStr("a:b")}, "", MAY)
    assert isinstance(swapped, Refused)
    assert isinstance(await door.revoke(entered.token, "", MAY), Refused)
    assert "two halves" in door.misshapen("only-one-half")


async def test_clusters_with_their_services(clinic: Northside) -> None:
    path = f"/v1{clinic.path('portal').rpartition('/')[0]}"
    seen = await list_apps(clinic.environ, EnvironmentVault(clinic.environ))
    assert [(a.name, a.team, a.region) for a in seen.apps] == [
        ("Northside Production", "Northside Clinic", "Canada Central"),
        ("Northside Staging", "Northside Clinic", "Canada East"),
    ]
    assert seen.apps[0].services == ("load-balancer", "portal", "worker", "scheduler", "cache")
    assert (seen.calls, seen.unknown) == (4, ())
    clinic.sandbox.faults.set("medstack.server-error", path=path, status=500)
    less = await list_apps(clinic.environ, EnvironmentVault(clinic.environ))
    assert less.apps[0].services == ()
    assert less.unknown[0].startswith("services of Northside Production: ")


def test_half_a_pair_in_the_environment_is_none(clinic: Northside) -> None:
    half = {"MEDSTACK_TOKEN_KEY": "key"}
    assert EnvironmentVault(half).get("medstack", "api-token") is None


@pytest.mark.parametrize("swarm", [False, True])
async def test_the_doctor_reads_and_confirms(clinic: Northside, swarm: bool) -> None:
    clinic.sandbox.switches.swarm = swarm
    found = await health(clinic)
    assert {f.id: f.state for f in found.findings} == {
        "medstack-token": "ok",
        "medstack-clusters": "ok",
        "clock-medstack": "ok",
    }
    assert {s.state for s in found.shapes} <= {"as expected", "nothing to see"}
    told = outcomes(found)
    for fact in ("service-shape", "service-one", "service-env", "secrets-list", "nodes-list"):
        assert told[fact] == "confirmed", fact
    assert (told["replicas-told"], told["running-told"]) == ("confirmed", "contradicted")
    assert told["service-domains"] == ("not seen here" if swarm else "confirmed")
    assert told["replicas"] == "cannot be checked without a change"
    document = found.model_dump_json()
    assert all(secret not in document for secret in clinic.secrets().values())
    assert clinic.sandbox.ledger.entries == []


async def test_the_doctor_says_what_differs(clinic: Northside) -> None:
    clinic.sandbox.switches.leave_out = ("replicas", "env", "domains", "internal_port")
    clinic.sandbox.switches.not_offered = ("nodes", "configs")
    found = await health(clinic, "Northside Production")
    services = next(s for s in found.shapes if s.call == "GET …/services")
    assert (services.state, services.items) == ("differs", 5)
    assert set(services.missing) == {"replicas", "env", "domains", "internal_port"}
    told = outcomes(found)
    for fact in ("service-env", "replicas-told", "nodes-list", "configs-list", "service-domains"):
        assert told[fact] == "contradicted", fact
    clinic.sandbox.faults.set("medstack.unauthorized", times=-1)
    refused = await health(clinic)
    assert (refused.findings[0].id, refused.findings[0].state) == ("medstack-token", "fail")
