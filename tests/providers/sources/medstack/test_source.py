"""One app of a cluster behind the source's port: facts, what is beside its database, by hand."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.sandbox.scenarios.northside_clinic.account import DATABASE_HOST, MANAGER, OTHER
from providers.sources import load
from providers.vault.memory import MemoryVault
from tests.providers.sources.medstack.moving import CHANGE, NOTICE, effects, opened
from tests.providers.sources.medstack.northside import Northside
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import BlockedError, OutsideError, UsageError
from wizard.model.plan import SourceChoice

ACTIONS = {
    "maintenance-on": {},
    "maintenance-off": {},
    "scale": {"process": "worker scheduler", "quantity": "0 0"},
    "autoscale-off": {},
    "capture": {"database": "DATABASE_URL"},
    "router-log": {},
    "remove-domain": {"domain": "northside-clinic.example"},
    "remove-addon": {"addon": "cache"},
    "delete-app": {},
    "list-authorizations": {},
}


async def test_the_inventory_is_the_one_apps(clinic: Northside, tmp_path: Path) -> None:
    heard: list[str] = []
    async with opened(clinic, tmp_path) as source:
        found = await source.read_inventory(lambda text: f"{len(text)}", heard.append)
        values = await source.read_config()
    assert (found.source, found.app, source.app) == ("medstack", "portal", "portal")
    assert [p.name for p in found.processes] == ["portal", "worker", "scheduler"]
    assert {d.name: d.variable for d in found.databases} == {
        "cache": "REDIS_URL",
        "northside-prod": "DATABASE_URL",
    }
    key = next(v for v in found.variables if v.name == "SESSION_KEY")
    assert key.masked and "SESSION_KEY" not in values
    assert found.outbound_ips == (MANAGER, OTHER)
    assert values["DATABASE_URL"].get_secret_value() == clinic.secrets()["database"]
    assert "[portal]" in values["PORTAL_SETTINGS"].get_secret_value()
    assert heard and all(s not in found.model_dump_json() for s in clinic.secrets().values())


async def test_what_is_beside_its_database(clinic: Northside, tmp_path: Path) -> None:
    value = SecretStr("postgres://planted@target/db")
    async with opened(clinic, tmp_path) as source:
        beside = source.beside
        assert beside is not None
        assert await beside.addresses() == (MANAGER, OTHER)
        assert (await beside.url("DATABASE_URL")).get_secret_value() == clinic.secrets()["database"]
        assert (await source.database("DATABASE_URL")).host == DATABASE_HOST
        with pytest.raises(BlockedError, match="SESSION_KEY cannot be read"):
            await beside.url("SESSION_KEY")
        clinic.sandbox.faults.set("medstack.lost-answer", method="POST")
        kept = await beside.keep_secret("moveday-source", value, CHANGE)
        assert kept.file == "/run/secrets/moveday-source"
        assert await beside.keep_secret("moveday-source", value, CHANGE) == kept
        with pytest.raises(UsageError, match="no name for a secret"):
            await beside.keep_secret("../etc", value, CHANGE)
        clinic.sandbox.faults.set("medstack.lost-answer", method="DELETE")
        assert await beside.forget_secret("moveday-source", CHANGE)
        assert await beside.forget_secret("moveday-source", CHANGE)
        clinic.sandbox.switches.not_offered = ("nodes",)
        with pytest.raises(BlockedError, match="addresses of the cluster's nodes"):
            await beside.addresses()
    names = [("moveday-source", None)]
    assert effects(clinic, "secret") == names == effects(clinic, "secret-removed")
    assert "planted" not in str(clinic.sandbox.ledger.entries)


async def test_secrets_that_a_person_has_to_take_away(clinic: Northside, tmp_path: Path) -> None:
    async with opened(clinic, tmp_path) as source:
        assert source.beside is not None
        clinic.sandbox.switches.not_offered = ("delete-secret",)
        await source.beside.keep_secret("job", SecretStr("planted-1"), NOTICE)
        assert not await source.beside.forget_secret("job", NOTICE)
        clinic.sandbox.switches.not_offered = ()
        assert not await source.beside.forget_secret("session_key", NOTICE)
        clinic.sandbox.switches.not_offered = ("secrets",)
        assert not await source.beside.forget_secret("job", NOTICE)
        with pytest.raises(BlockedError, match="does not take the secret job") as refused:
            await source.beside.keep_secret("job", SecretStr("planted-1"), NOTICE)
        assert "planted" not in str(refused.value)
    words = source.beside.start_by_hand("moveday-7", "postgres:16", ("one", "two"))
    assert all(each in words for each in ("moveday-7", "postgres:16", "one", "two", "sh, then -c"))
    assert "moveday-7" in source.beside.end_by_hand("moveday-7", ("one",))


async def test_what_it_has_not_is_said(clinic: Northside, tmp_path: Path) -> None:
    async with opened(clinic, tmp_path, by="zero") as source:
        assert await source.autoscalers() == () == await source.auto_deploys()
        assert await source.backups("DATABASE_URL") == ()
        with pytest.raises(BlockedError, match="no backup on demand") as none:
            await source.capture_backup("DATABASE_URL", NOTICE)
        assert "hourly" in none.value.detail and "source_backup: false" in none.value.hint
        with pytest.raises(OutsideError, match="router log"):
            await source.traffic(1.0)
        said = {action: source.by_hand(action, **words) for action, words in ACTIONS.items()}
        assert all("MedStack Control" in words for words in said.values())
        assert "worker: replicas 0, scheduler: replicas 0" in said["scale"]
        with pytest.raises(UsageError, match="nothing is known to do by hand"):
            source.by_hand("sing")
        with pytest.raises(UsageError, match="words are missing"):
            source.by_hand("scale", process="a b", quantity="1")


def test_a_twin_is_not_rehearsed_on() -> None:
    choice = SourceChoice(kind="medstack", app="portal", staging="portal-staging")
    with pytest.raises(BlockedError, match="second cluster") as refused:
        load("medstack").open_source(choice, {}, MemoryVault(), SYSTEM_CLOCK)
    assert refused.value.detail and refused.value.hint
