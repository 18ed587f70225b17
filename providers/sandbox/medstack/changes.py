"""What a change of a service does, and when it is refused.

Seen: `PATCH …/services/{id}` with `secrets[]`; a service one of whose domains does not resolve to
the manager node's address is neither created nor changed, whatever the change is about, and the
manager gets a maintenance item (support.medstack.co, domain mapping). `replicas`, `image`, `env`
(the whole list) and `domains` by PATCH are assumed from that.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from providers.sandbox.ledger import Ledger
from providers.sandbox.medstack.replies import Json, Refusal
from providers.sandbox.medstack.state import Cluster, MountedSecret, Service

Resolve = Callable[[str], Awaitable[list[str]]]
"""Addresses of a name, as the platform's resolver sees them; empty when there are none."""
_KNOWN = frozenset({"name", "image", "replicas", "env", "secrets", "domains", "internal_port"})


async def changed(
    cluster: Cluster, service: Service, wanted: Json, resolve: Resolve, refused: int
) -> Service:
    """The service as it would be. Raises Refusal (`refused`: its status) and changes nothing."""
    unknown = sorted(wanted.keys() - _KNOWN)
    if unknown:
        raise Refusal(refused, f"Unknown parameters: {', '.join(unknown)}.")
    replicas = wanted.get("replicas", service.replicas)
    if not isinstance(replicas, int) or isinstance(replicas, bool) or replicas < 0:
        raise Refusal(refused, "replicas must be a whole number.")
    used = _secrets(cluster, wanted, refused) if "secrets" in wanted else service.secrets
    domains = _domains(wanted, service, refused)
    await check_domains(cluster, domains, resolve, refused)
    return replace(
        service,
        name=_text(wanted, "name", service.name, refused),
        image=_text(wanted, "image", service.image, refused),
        replicas=replicas,
        env=_env(wanted["env"], refused) if "env" in wanted else service.env,
        secrets=used,
        domains=domains,
        port=wanted.get("internal_port", service.port) or 0,
        version=service.version + 1,
        updated=time.time(),
    )


async def check_domains(
    cluster: Cluster, domains: list[str], resolve: Resolve, refused: int
) -> None:
    """Raise Refusal unless every domain leads to the manager node."""
    wrong = [name for name in domains if cluster.manager_address not in await resolve(name)]
    if wrong:
        raise Refusal(
            refused,
            f"{', '.join(wrong)} must resolve to the manager node ({cluster.manager_address}).",
        )


def apply(cluster: Cluster, before: Service, after: Service, ledger: Ledger) -> None:
    """Put the changed service in the place of the old one, and note what took effect."""
    cluster.services[cluster.services.index(before)] = after
    for what in ("replicas", "image", "domains"):
        if getattr(before, what) != getattr(after, what):
            value = getattr(after, what)
            ledger.note("medstack", what, service=after.name, value=value)
    if before.env != after.env:
        ledger.note("medstack", "env", service=after.name, value=sorted(after.env))
    if before.secrets != after.secrets:
        names = [used.name for used in after.secrets]
        ledger.note("medstack", "secrets", service=after.name, value=names)


def _text(wanted: Json, name: str, otherwise: str, refused: int) -> str:
    value = wanted.get(name, otherwise)
    if not isinstance(value, str) or not value:
        raise Refusal(refused, f"{name} must be a text.")
    return value


def _env(wanted: object, refused: int) -> dict[str, str]:
    """As a list of objects with name and value, a list of NAME=value, or an object."""
    pairs: list[tuple[object, object]] = []
    if isinstance(wanted, dict):
        pairs = list(wanted.items())
    for each in wanted if isinstance(wanted, list) else []:
        if isinstance(each, str) and "=" in each:
            name, _, value = each.partition("=")
            pairs.append((name, value))
        elif isinstance(each, dict):
            pairs.append((each.get("name"), each.get("value")))
        else:
            pairs.append((None, None))
    found = {n: v for n, v in pairs if isinstance(n, str) and n and isinstance(v, str)}
    if not isinstance(wanted, list | dict) or len(found) < len(pairs):
        raise Refusal(refused, "env must be variables, each with a name and a value.")
    return found


def _domains(wanted: Json, service: Service, refused: int) -> list[str]:
    value = wanted.get("domains")
    if "domains" not in wanted:
        return service.domains
    if not isinstance(value, str):
        raise Refusal(refused, "domains must be a text, separated by commas.")
    return [name.strip() for name in value.split(",") if name.strip()]


def _secrets(cluster: Cluster, wanted: Json, refused: int) -> list[MountedSecret]:
    found = []
    known = {secret.name for secret in cluster.secrets}
    for each in wanted["secrets"] if isinstance(wanted["secrets"], list) else [None]:
        if not isinstance(each, dict) or each.get("name") not in known:
            raise Refusal(refused, "secrets must name secrets of this cluster.")
        mode = str(each.get("mode", "292"))
        if not mode.isdigit():
            raise Refusal(refused, "mode is a decimal number.")
        found.append(
            MountedSecret(
                name=each["name"],
                file_name=str(each.get("file_name") or each["name"]),
                uid=str(each.get("uid", "0")),
                gid=str(each.get("gid", "0")),
                mode=int(mode),
            )
        )
    return found
