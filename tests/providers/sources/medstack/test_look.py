"""A cluster looked at through the API: both shapes, what is missing, files laid under it."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.sandbox.medstack.state import Service
from providers.sandbox.scenarios.northside_clinic.account import APEX, CLUSTER, MANAGER, OTHER, WWW
from providers.sources.medstack import look_at_account
from providers.vault.memory import MemoryVault
from tests.providers.sources.medstack.northside import Northside
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import BlockedError, OutsideError, UsageError
from wizard.model.inventory import Inventory

SHAPES = ({}, {"swarm": True}, {"bare_lists": True}, {"thin_list": True})


async def looked(
    clinic: Northside, folder: Path, *files: Path, cluster: str = CLUSTER
) -> tuple[Inventory, dict[str, dict[str, SecretStr]]]:
    token = clinic.company.tokens[0]
    vault = MemoryVault()
    vault.put("medstack", "api-token", SecretStr(f"{token.key}:{token.value}"))
    found, values, _ = await look_at_account(
        files, folder, (), cluster, clinic.environ, vault, SYSTEM_CLOCK
    )
    return found, {app: dict(each) for app, each in values.items()}


def subjects(found: Inventory) -> dict[str, str]:
    return {gap.subject: gap.reason for gap in found.gaps}


@pytest.mark.parametrize("switches", SHAPES, ids=lambda each: "-".join(each) or "own")
async def test_every_shape_tells_the_same(
    clinic: Northside, tmp_path: Path, switches: dict[str, bool]
) -> None:
    for name, on in switches.items():
        setattr(clinic.sandbox.switches, name, on)
    clinic.add_another_app()
    found, values = await looked(clinic, tmp_path)
    assert (found.source, found.app) == ("medstack", "northside-production")
    assert (found.team, found.region) == ("Northside Clinic", "azure Canada Central")
    assert {a.name: a.processes for a in found.apps} == {
        "portal": ("portal", "worker", "scheduler"),
        "nightly": ("nightly",),
    }
    told = {p.name: (p.command, p.quantity, p.memory_mb, p.counted) for p in found.processes}
    assert told["portal"] == ("python portal.py", 2, 768, True)
    assert told["scheduler"][0] == "python clock.py"
    assert told["nightly"][0] == "supercronic /etc/nightly.cron"
    assert found.processes[0].health == "curl -fsS http://localhost:8000/up"
    assert [(d.hostname, d.process, d.port, d.target) for d in found.domains] == [
        (APEX, "portal", 8000, MANAGER),
        (WWW, "portal", 8000, MANAGER),
    ]
    assert [(d.name, d.engine, d.keeps) for d in found.databases] == [
        ("cache", "redis", "cache_data"),
        ("northside-prod", "postgres", ""),
    ]
    assert [(r.region, r.country) for r in found.cloud.regions] == [("canadacentral", "Canada")]
    assert [(v.name, v.target) for v in found.volumes] == [
        ("portal_uploads", "/srv/portal/uploads")
    ]
    files = {(f.name, f.kind, f.target, f.variable, f.known) for f in found.mounted_files}
    assert files == {
        ("session_key", "secret", "/run/secrets/session_key", "SESSION_KEY_FILE", False),
        ("portal_settings", "config", "/srv/portal/settings.ini", "", True),
    }
    assert {f.name: f.mode for f in found.mounted_files} == {
        "session_key": 0o400,
        "portal_settings": 0o444,
    }
    assert found.outbound_ips == (MANAGER, OTHER)
    password = clinic.secrets()["database"]
    assert values["portal"]["DATABASE_URL"].get_secret_value() == password
    assert [(r.app, r.variable, r.to) for r in found.references] == [
        ("portal", "DATABASE_URL", "northside-prod"),
        ("portal", "REDIS_URL", "cache"),
        ("nightly", "DATABASE_URL", "northside-prod"),
        ("nightly", "PORTAL", "portal"),
    ]
    assert [(w.kind, w.process) for w in found.wishes] == [("proxy", "load-balancer")]
    assert found.conflicts == ()
    assert subjects(found).keys() == {"a part of the input"}
    assert all(secret not in found.model_dump_json() for secret in clinic.secrets().values())


async def test_what_is_not_there_is_a_gap_and_no_default(clinic: Northside, tmp_path: Path) -> None:
    clinic.sandbox.switches.leave_out = (
        *("replicas", "env", "domains", "volumes", "secrets", "configs", "command"),
        "memory_limit_bytes",
    )
    clinic.sandbox.switches.not_offered = ("secrets", "configs", "nodes")
    found, _ = await looked(clinic, tmp_path)
    gaps = subjects(found)
    names = "portal, worker, scheduler, cache"
    for subject in (
        *("how many containers of a service run", "variables", "host names", "volumes"),
        *("secrets", "config files", "commands", "memory limits"),
    ):
        assert gaps[subject] == f"not in the answer about {names} (GET services)"
    for subject in ("secrets of the cluster", "configs of the cluster", "nodes"):
        assert "does not offer GET" in gaps[subject]
    assert not any(p.counted for p in found.processes)
    assert found.variables == () and found.domains == () and found.outbound_ips == ()


async def test_a_service_of_which_only_the_id_is_told(clinic: Northside, tmp_path: Path) -> None:
    clinic.sandbox.switches.thin_list = True
    clinic.sandbox.switches.not_offered = ("service",)
    found, _ = await looked(clinic, tmp_path)
    assert all(p.name.startswith("service-") for p in found.processes)
    assert not any(app.known for app in found.apps)
    assert "images" in subjects(found)


async def test_files_are_laid_under_what_runs(clinic: Northside, tmp_path: Path) -> None:
    stack = tmp_path / "stack.yml"
    stack.write_text(
        "services:\n"
        "  portal:\n"
        "    image: registry.example.net/northside/portal:4.11.0\n"
        "    environment: {APP_URL: https://old.example, ONLY_WRITTEN: x}\n"
        "    deploy: {replicas: 3}\n"
        "  gone:\n    image: registry.example.net/northside/gone:1\n"
    )
    found, _ = await looked(clinic, tmp_path, stack)
    said = {(c.process, c.subject): c.said for c in found.conflicts}
    assert said.keys() == {
        ("portal", "image"),
        ("portal", "replicas"),
        ("portal", "variable APP_URL"),
        ("portal", "variable ONLY_WRITTEN"),
        ("gone", "service"),
    }
    assert said["portal", "replicas"] == ("stack.yml:2: 3", "GET services:1: 2")
    assert found.process("gone") is None
    portal = found.process("portal")
    assert portal is not None and portal.quantity == 2
    assert found.app == "northside-production"


async def test_a_file_fills_what_the_answer_leaves_out(clinic: Northside, tmp_path: Path) -> None:
    clinic.sandbox.switches.leave_out = ("replicas", "env")
    stack = tmp_path / "stack.yml"
    stack.write_text(
        "services:\n"
        "  portal:\n"
        "    image: registry.example.net/northside/portal:4.12.0\n"
        "    environment: {APP_URL: https://northside.example}\n"
        "    deploy: {replicas: 3}\n"
    )
    paste = tmp_path / "worker.txt"
    paste.write_text("$ env\nQUEUE=default\n")
    found, values = await looked(clinic, tmp_path, stack, paste)
    portal = found.process("portal")
    assert portal is not None and (portal.quantity, portal.counted) == (3, True)
    assert values["portal"]["APP_URL"].get_secret_value() == "https://northside.example"
    assert values["portal"]["QUEUE"].get_secret_value() == "default"
    gaps = subjects(found)
    assert gaps["variables"].startswith("not in the answer about scheduler, cache")
    assert "portal" not in gaps["how many containers of a service run"]
    assert {c.subject for c in found.conflicts} == set()


async def test_which_cluster(clinic: Northside, tmp_path: Path) -> None:
    with pytest.raises(BlockedError) as open_choice:
        await looked(clinic, tmp_path, cluster="")
    assert "Northside Production (Canada Central), Northside Staging" in open_choice.value.detail
    assert "--cluster NAME" in open_choice.value.hint
    with pytest.raises(UsageError, match="no cluster “elsewhere”"):
        await looked(clinic, tmp_path, cluster="elsewhere")
    by_id, _ = await looked(clinic, tmp_path, cluster=clinic.production.id)
    assert by_id.app == "northside-production"
    clinic.company.clusters[1].label = CLUSTER
    with pytest.raises(BlockedError, match="2 clusters are called"):
        await looked(clinic, tmp_path)
    del clinic.company.clusters[1]
    alone, _ = await looked(clinic, tmp_path, cluster="")
    assert alone.app == "northside-production"
    clinic.production.services.clear()
    with pytest.raises(BlockedError, match="has no services"):
        await looked(clinic, tmp_path)
    clinic.company.clusters.clear()
    with pytest.raises(BlockedError, match="sees no cluster"):
        await looked(clinic, tmp_path)


async def test_trouble_is_told_and_a_look_changes_nothing(
    clinic: Northside, tmp_path: Path
) -> None:
    faults = clinic.sandbox.faults
    base = f"/companies/{clinic.company.id}/clusters/{clinic.production.id}"
    faults.set("medstack.server-error", path=f"/v1{base}/nodes", status=500)
    found, _ = await looked(clinic, tmp_path)
    assert "refused" in subjects(found)["nodes"]
    faults.set("medstack.server-error", path=f"/v1{base}/services", status=502)
    again, _ = await looked(clinic, tmp_path)
    assert len(again.processes) == 3
    faults.set("medstack.not-json", path=f"/v1{base}/services", times=-1)
    with pytest.raises(OutsideError, match="not JSON"):
        await looked(clinic, tmp_path)
    faults.clear()
    faults.set("medstack.unauthorized", path=f"/v1{base}/secrets")
    with pytest.raises(OutsideError, match="does not accept the token"):
        await looked(clinic, tmp_path)
    faults.set("medstack.redirect", location="http://127.0.0.1:1/elsewhere")
    with pytest.raises(OutsideError, match="refused") as moved:
        await looked(clinic, tmp_path)
    assert "never followed" in moved.value.hint
    wrong = MemoryVault()
    wrong.put("medstack", "api-token", SecretStr("planted-key:planted-value"))
    with pytest.raises(OutsideError, match="does not accept the token") as refused:
        await look_at_account((), tmp_path, (), "", clinic.environ, wrong, SYSTEM_CLOCK)
    assert "planted" not in str(refused.value)
    assert clinic.sandbox.ledger.entries == []


async def test_the_shape_of_the_answer_is_kept_without_values(
    clinic: Northside, tmp_path: Path
) -> None:
    clinic.service("portal").env = {"DATABASE_URL": "planted-1"}
    found, _ = await looked(clinic, tmp_path)
    fields = {path for shape in found.answers for path in shape.fields}
    assert {"env[].name: text", "internal_port: null", "secrets[].mode: text"} <= fields
    assert sum(len(shape.processes) for shape in found.answers) == 5
    assert "planted-1" not in found.model_dump_json()


async def test_many_services(clinic: Northside, tmp_path: Path) -> None:
    clinic.production.services += [
        Service(name=f"job-{n}", image=f"registry.example.net/n/job:{n % 7}", replicas=n % 3)
        for n in range(40)
    ]
    clinic.sandbox.switches.thin_list = True
    found, _ = await looked(clinic, tmp_path)
    assert len(found.processes) == 43


async def test_a_foreign_host_gets_no_token(tmp_path: Path) -> None:
    vault = MemoryVault()
    vault.put("medstack", "api-token", SecretStr("planted-key:planted-value"))
    for url in ("https://api.medstack.co.evil.example/v1", "http://api.medstack.co/v1"):
        with pytest.raises(UsageError) as refused:
            await look_at_account(
                (), tmp_path, (), "", {"MEDSTACK_API_URL": url}, vault, SYSTEM_CLOCK
            )
        assert "planted" not in str(refused.value)
