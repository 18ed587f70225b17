"""The fields that a real account is compared with by the doctor; reading itself is more lenient.

Company and cluster: seen. Secret: its `id` after a POST was seen. All else is inferred.
"""

from typing import Any

from pydantic import BaseModel


class Company(BaseModel):
    """GET /companies/current."""

    id: str
    object: str
    name: str
    phone_number: str | None


class Cluster(BaseModel):
    """One of GET /companies/{company}/clusters."""

    id: str
    object: str
    label: str
    infrastructure_provider: dict[str, Any]
    region: dict[str, Any]


class OwnService(BaseModel):
    """A service as a resource of MedStack's own."""

    id: str
    name: str
    image: str
    replicas: int
    command: list[Any] | str | None
    env: list[Any] | dict[str, Any] | None
    secrets: list[Any] | None
    configs: list[Any] | None
    volumes: list[Any] | None
    domains: list[Any] | str | None
    internal_port: int | None


class SwarmService(BaseModel):
    """A service as the Swarm API's object (moby, api/swagger.yaml)."""

    ID: str
    Version: dict[str, Any]
    Spec: dict[str, Any]


class Named(BaseModel):
    """A secret or config as a resource of MedStack's own."""

    id: str
    name: str


class SwarmNamed(BaseModel):
    """A secret or config as the Swarm API's object."""

    ID: str
    Spec: dict[str, Any]


class Node(BaseModel):
    """A node: a preview of MedStack's, wholly inferred."""

    id: str
    ip_address: str
    manager: bool
