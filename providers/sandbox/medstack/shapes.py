"""How a service is shown: as MedStack's own resource, or as the Swarm object behind it.

Nobody outside has seen the whole service object. Its own resource would have the words of
MedStack's screens and of the PATCH that a customer's script sends (`secrets[]` of `name`,
`file_name`, `uid`, `gid`, `mode` as decimal text); the other is the Docker Engine API's Service
(moby, api/swagger.yaml), which MedStack's back end speaks. Both are served; none is claimed.
"""

from base64 import b64encode
from collections.abc import Collection
from datetime import UTC, datetime

from providers.sandbox.medstack.replies import Json
from providers.sandbox.medstack.state import (
    Cluster,
    Company,
    Config,
    MountedSecret,
    Node,
    Secret,
    Service,
)

_MB = 1024**2


def company(each: Company) -> Json:
    """`GET /companies/current`: id, name, address fields, phone number, object."""
    return {
        "id": each.id,
        "object": "company",
        "name": each.name,
        "address_line_1": "1 Harbour Street",
        "address_line_2": None,
        "city": "Toronto",
        "region": "ON",
        "country": "CA",
        "postal_code": "M5V 0A1",
        "phone_number": "+1 416 555 0100",
    }


def cluster(each: Cluster) -> Json:
    """One of `GET /companies/{id}/clusters`."""
    return {
        "id": each.id,
        "object": "cluster",
        "label": each.label,
        "infrastructure_provider": {"id": each.provider},
        "region": {"name": each.region},
    }


def node(each: Node) -> Json:
    """A machine; this part of the API is called a preview, its fields are assumed."""
    return {
        "id": each.id,
        "object": "node",
        "label": each.label,
        "ip_address": each.address,
        "manager": each.manager,
        "size": each.size,
        "state": each.state,
    }


def secret(each: Secret, *, swarm: bool) -> Json:
    """A secret without its data: Swarm never gives it back."""
    if swarm:
        return {"ID": each.id, "Version": {"Index": 1}, "Spec": {"Name": each.name, "Labels": {}}}
    return {"id": each.id, "object": "secret", "name": each.name}


def config(each: Config, *, swarm: bool) -> Json:
    """A config with its data, in base64 as Swarm prints it."""
    data = b64encode(each.data.encode()).decode()
    if swarm:
        return {"ID": each.id, "Version": {"Index": 1}, "Spec": {"Name": each.name, "Data": data}}
    return {"id": each.id, "object": "config", "name": each.name, "data": each.data}


def service(each: Service, *, swarm: bool, leave_out: Collection[str]) -> Json:
    """The whole service without the fields `leave_out`, which a shape may not have at all."""
    shown = _swarm(each) if swarm else _own(each)
    return {name: value for name, value in shown.items() if name not in leave_out}


def _own(each: Service) -> Json:
    return {
        "id": each.id,
        "object": "service",
        "name": each.name,
        "image": each.image,
        "replicas": each.replicas,
        "command": each.command,
        "env": [{"name": name, "value": value} for name, value in each.env.items()],
        "secrets": [_own_file(used) for used in each.secrets],
        "configs": [_own_file(used) for used in each.configs],
        "volumes": [{"name": v.name, "target": v.target} for v in each.volumes],
        "domains": ", ".join(each.domains),
        "internal_port": each.port or None,
        "health_check": {"test": each.health} if each.health else None,
        "memory_limit_bytes": each.memory_mb * _MB or None,
        "placement_constraints": each.constraints,
        "created_at": _stamp(each.created),
        "updated_at": _stamp(each.updated),
    }


def _own_file(used: MountedSecret) -> Json:
    return {
        "name": used.name,
        "file_name": used.file_name,
        "uid": used.uid,
        "gid": used.gid,
        "mode": str(used.mode),
    }


def _swarm(each: Service) -> Json:
    container: Json = {
        "Image": each.image,
        "Isolation": "default",
        "Env": [f"{name}={value}" for name, value in each.env.items()],
        "Secrets": [_swarm_file("Secret", used) for used in each.secrets],
        "Configs": [_swarm_file("Config", used) for used in each.configs],
        "Mounts": [{"Type": "volume", "Source": v.name, "Target": v.target} for v in each.volumes],
    }
    if each.command:
        container["Args"] = each.command
    if each.health:
        container["Healthcheck"] = {"Test": ["CMD-SHELL", each.health]}
    resources: Json = {"Limits": {"MemoryBytes": each.memory_mb * _MB}} if each.memory_mb else {}
    return {
        "id": each.id,
        "ID": each.id,
        "Version": {"Index": each.version},
        "CreatedAt": _stamp(each.created),
        "UpdatedAt": _stamp(each.updated),
        "Spec": {
            "Name": each.name,
            "Labels": _traefik(each),
            "TaskTemplate": {
                "ContainerSpec": {name: value for name, value in container.items() if value},
                "Resources": resources,
                "RestartPolicy": {"Condition": "any"},
                "Placement": {"Constraints": each.constraints} if each.constraints else {},
                "ForceUpdate": each.pulled,
                "Runtime": "container",
            },
            "Mode": {"Replicated": {"Replicas": each.replicas}},
            "EndpointSpec": {"Mode": "vip"},
        },
        "Endpoint": {"Spec": {"Mode": "vip"}},
    }


def _traefik(each: Service) -> dict[str, str]:
    """How a Traefik in front learns of domains: by labels of the service."""
    if not each.domains:
        return {}
    hosts = " || ".join(f"Host(`{name}`)" for name in each.domains)
    return {
        "traefik.enable": "true",
        f"traefik.http.routers.{each.name}.rule": hosts,
        f"traefik.http.services.{each.name}.loadbalancer.server.port": str(each.port),
    }


def _swarm_file(kind: str, used: MountedSecret) -> Json:
    return {
        f"{kind}ID": f"id-of-{used.name}",
        f"{kind}Name": used.name,
        "File": {"Name": used.file_name, "UID": used.uid, "GID": used.gid, "Mode": used.mode},
    }


def _stamp(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
