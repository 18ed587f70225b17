"""The sandboxed MedStack: who gets in, both shapes, and changes that its domain check refuses."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from providers.sandbox.scenarios.northside_clinic.account import APEX, WWW
from tests.providers.sources.medstack.northside import Northside, northside


@pytest.fixture
def clinic() -> Iterator[Northside]:
    with northside() as running:
        yield running


@pytest.fixture
def client(clinic: Northside) -> Iterator[httpx.Client]:
    token = clinic.company.tokens[0]
    auth = (token.key, token.value)
    with httpx.Client(base_url=clinic.sandbox.url, auth=auth, trust_env=False) as opened:
        yield opened


def test_only_the_token_pair_lets_in(clinic: Northside, client: httpx.Client) -> None:
    assert client.get("/companies/current").json()["name"] == "Northside Clinic"
    token = clinic.company.tokens[0]
    wrong: list[Any] = [None, (token.key, "wrong"), (token.value, token.key)]
    for auth in wrong:
        with httpx.Client(base_url=clinic.sandbox.url, auth=auth, trust_env=False) as stranger:
            refused = stranger.get("/companies/current")
        assert (refused.status_code, refused.json()["object"]) == (401, "error")
    assert client.get("/companies/other/clusters").status_code == 404
    assert client.get("/nowhere").json()["message"] == "Not found."
    assert client.delete(clinic.path("portal")).status_code == 404


def test_a_service_in_both_shapes(clinic: Northside, client: httpx.Client) -> None:
    path = clinic.path("portal")
    own = client.get(path).json()
    assert (own["image"], own["replicas"], own["internal_port"]) == (
        "registry.example.net/northside/portal:4.12.0",
        2,
        8000,
    )
    assert own["domains"] == f"{APEX}, {WWW}"
    clinic.sandbox.switches.swarm = True
    spec = client.get(path).json()["Spec"]
    container = spec["TaskTemplate"]["ContainerSpec"]
    assert container["Image"] == own["image"]
    assert container["Secrets"][0]["File"]["Mode"] == 256
    assert f"Host(`{APEX}`)" in spec["Labels"]["traefik.http.routers.portal.rule"]
    clinic.sandbox.switches.thin_list = True
    (first, *_) = client.get(path.rpartition("/")[0]).json()["data"]
    assert first.keys() == {"id", "object"}


def test_no_secret_is_given_back(clinic: Northside, client: httpx.Client) -> None:
    base = clinic.path("portal").rpartition("/services")[0]
    made = client.post(f"{base}/secrets", json={"name": "new", "data": "planted-9431"})
    assert made.status_code == 201
    assert "planted-9431" not in made.text + client.get(f"{base}/secrets").text
    again = client.post(f"{base}/secrets", json={"name": "new", "data": "x"})
    assert again.status_code == 422


def test_a_service_is_frozen_while_its_domains_lead_here(
    clinic: Northside, client: httpx.Client
) -> None:
    path = clinic.path("portal")
    assert client.patch(path, json={"replicas": 0}).json()["replicas"] == 0
    assert clinic.sandbox.ledger.count("medstack", "replicas", service="portal", value=0) == 1
    clinic.addresses[APEX] = ["198.51.100.20"]
    for change in ({"replicas": 2}, {"image": "a:1"}, {"secrets": []}):
        refused = client.patch(path, json=change)
        assert refused.status_code == 422
        assert APEX in refused.json()["message"]
    assert client.post(f"{path}/refresh_image").status_code == 422
    assert clinic.service("portal").replicas == 0
    assert clinic.sandbox.ledger.count("medstack", "refused", service="portal") == 3
    worker = client.patch(clinic.path("worker"), json={"replicas": 3})
    assert worker.status_code == 200
    without = client.patch(path, json={"domains": "", "replicas": 1})
    assert (without.status_code, clinic.service("portal").replicas) == (200, 1)
    clinic.addresses[APEX] = clinic.addresses[WWW]
    back = client.patch(path, json={"domains": f"{APEX},{WWW}", "internal_port": 8000})
    assert back.status_code == 200


def test_secrets_are_replaced_as_the_customers_script_does(
    clinic: Northside, client: httpx.Client
) -> None:
    used = {"name": "session_key", "file_name": "k", "uid": "0", "gid": "0", "mode": "420"}
    changed = client.patch(clinic.path("worker"), json={"secrets": [used]})
    assert changed.json()["secrets"] == [used]
    assert clinic.service("worker").secrets[0].mode == 420
    unknown = client.patch(clinic.path("worker"), json={"secrets": [{"name": "nobody"}]})
    assert unknown.status_code == 422


def test_a_new_service_is_checked_too(clinic: Northside, client: httpx.Client) -> None:
    services = clinic.path("portal").rpartition("/")[0]
    wanted = {"name": "front", "image": "nginx:1.27", "domains": "elsewhere.test"}
    assert client.post(services, json=wanted).status_code == 422
    assert client.post(services, json={**wanted, "domains": WWW}).status_code == 201
    assert client.post(services, json={**wanted, "domains": WWW}).status_code == 422
    assert client.post(services, content=b"[").status_code == 400


def test_faults(clinic: Northside, client: httpx.Client) -> None:
    faults = clinic.sandbox.faults
    faults.set("medstack.server-error", status=500)
    assert client.get("/companies/current").status_code == 500
    faults.set("medstack.rate-limit", retry_after=2)
    assert client.get("/companies/current").headers["Retry-After"] == "2"
    faults.set("medstack.not-json")
    assert client.get("/companies/current").text.startswith("<html>")
    assert client.get("/companies/current").status_code == 200
