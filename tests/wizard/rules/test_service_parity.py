"""Every service of the old side beside the new one's: what is there, and what is not."""

from typing import Any

from tests.wizard.clinic import portal, portal_plan
from wizard.model.target import Service
from wizard.rules.service_parity import ServiceParity, service_parity


def service(name: str, count: int = 0) -> Service:
    return Service(id=1, name=name, command="x", count=count, memory_mb=1024)


def rows(*names: str, smoke: str = "200", **more: Any) -> dict[str, ServiceParity]:
    found, _ = portal()
    services = [service(name, int(name == "portal")) for name in names]
    made = service_parity(found, portal_plan(), services, more.get("variables", ()), smoke)
    return {row.name: row for row in made}


def test_each_has_its_row_and_the_names_lead_to_the_one_that_serves() -> None:
    found = rows("portal", "worker", "scheduler")
    assert all(row.complete for row in found.values())
    assert list(found) == ["portal", "scheduler", "worker"]
    assert "www.northside-clinic.example" in found["portal"].domains
    assert found["worker"].domains == "none of its own"
    assert found["portal"].deployed == "yes, 1 running; 2 once it is accepted"
    assert found["worker"].deployed == "yes, 0 running; 1 once it is accepted"
    assert "portal-db" in found["worker"].data


def test_what_is_missing_is_no_tick() -> None:
    found = rows("portal", "scheduler", smoke="")
    assert not found["worker"].complete
    assert found["worker"].deployed.startswith("NO")
    assert not found["portal"].complete
    lacking = ({"name": "SESSION_KEY", "result": "missing"}, {"name": "A", "result": "same"})
    found = rows("portal", "worker", "scheduler", variables=lacking)
    assert found["scheduler"].environment == "not as it should be: SESSION_KEY"
    assert not found["scheduler"].complete
