"""What this MedStack company holds: clusters, nodes, services, secrets, configs, in plain records.

Words and relations as MedStack's public documents tell them (support.medstack.co: nodes, services,
domain mapping, docker configuration); what of it the API shows is the business of `shapes`.
"""

import secrets
import time
import uuid
from dataclasses import dataclass, field


def new_id() -> str:
    """A fresh id."""
    return str(uuid.uuid4())


@dataclass
class Token:
    """An API token: the key is shown in the list of tokens, the value once."""

    key: str = field(default_factory=lambda: secrets.token_hex(10))
    value: str = field(default_factory=lambda: secrets.token_urlsafe(30))


@dataclass
class Node:
    """A machine of a cluster. Domains must resolve to the `manager`'s address."""

    label: str
    address: str
    manager: bool = False
    size: str = "B2s"
    state: str = "Ready"
    id: str = field(default_factory=new_id)


@dataclass
class Secret:
    """A secret of the cluster. Nobody gets `data` back."""

    name: str
    data: str = field(repr=False)
    id: str = field(default_factory=new_id)


@dataclass
class Config:
    """A file that services read; no secret by its nature."""

    name: str
    data: str
    id: str = field(default_factory=new_id)


@dataclass
class MountedSecret:
    """A secret or config as a service uses it; `mode` 292 is 0444."""

    name: str
    file_name: str
    uid: str = "0"
    gid: str = "0"
    mode: int = 292


@dataclass
class Volume:
    """A named volume and where a service has it."""

    name: str
    target: str


@dataclass
class Service:
    """A custom service. `memory_mb` 0: no limit; `port` is what `domains` lead to."""

    name: str
    image: str
    replicas: int = 1
    command: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    secrets: list[MountedSecret] = field(default_factory=list)
    configs: list[MountedSecret] = field(default_factory=list)
    volumes: list[Volume] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    port: int = 0
    health: str = ""
    memory_mb: int = 0
    constraints: list[str] = field(default_factory=list)
    id: str = field(default_factory=new_id)
    version: int = 1
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    pulled: int = 0


@dataclass
class Cluster:
    """One cluster in one region of Azure."""

    label: str
    region: str
    nodes: list[Node] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)
    configs: list[Config] = field(default_factory=list)
    provider: str = "azure"
    id: str = field(default_factory=new_id)

    @property
    def manager_address(self) -> str:
        """Where every mapped domain has to lead."""
        return next(node.address for node in self.nodes if node.manager)


@dataclass
class Company:
    """What a token is for: it sees this company and no other. `tokens` may do everything."""

    name: str
    clusters: list[Cluster] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=lambda: [Token()])
    id: str = field(default_factory=new_id)

    def cluster(self, identity: str) -> Cluster | None:
        """The cluster with this id."""
        return next((each for each in self.clusters if each.id == identity), None)
