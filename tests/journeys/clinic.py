"""What MedStack itself says about the clinic, asked beside moveday, and what its people do."""

from pathlib import Path
from typing import Any

import httpx

from providers.sandbox.scenarios.commit import commit
from tests.journeys.sandbox_process import SandboxProcess

APP = "portal"
WWW, MANAGER, ELSEWHERE = "www.northside-clinic.example", "203.0.113.40", "198.51.100.99"


def services(sandbox: SandboxProcess) -> dict[str, Any]:
    """The services of the production cluster by name, as the API tells them."""
    pair = sandbox.environ["MEDSTACK_TOKEN_KEY"], sandbox.environ["MEDSTACK_TOKEN_VALUE"]
    with httpx.Client(base_url=sandbox.environ["MEDSTACK_API_URL"], auth=pair) as medstack:
        company = medstack.get("/companies/current").raise_for_status().json()["id"]
        clusters = medstack.get(f"/companies/{company}/clusters").raise_for_status().json()
        path = f"/companies/{company}/clusters/{clusters['data'][0]['id']}/services"
        listed = medstack.get(path).raise_for_status().json()["data"]
    return {service["name"]: service for service in listed}


def quantities(sandbox: SandboxProcess) -> dict[str, int]:
    """Service → replicas, jobs of moveday included."""
    return {name: service["replicas"] for name, service in services(sandbox).items()}


def lead(sandbox: SandboxProcess, name: str, address: str, ttl: int) -> None:
    """Somebody points a name elsewhere, at the DNS host."""
    record = {"name": name, "type": "A", "ttl": ttl, "values": [address]}
    httpx.post(f"{sandbox.environ['SANDBOX_PANEL']}/records", json=record).raise_for_status()


def commit_files(app: Path) -> str:
    """Somebody commits what `moveday files --write` has written."""
    return commit(
        app, b"Files for the new side", b"Nora <nora@northside-clinic.example>", 1781000000
    )
