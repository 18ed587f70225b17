"""How many containers of a service are asked for, and how many run, as one answer tells it.

`replicas` in either shape is read as for an inventory. How many really run would stand in the Swarm
object's `ServiceStatus.RunningTasks` (moby, api/swagger.yaml: told in lists that ask for it), or in
a field of MedStack's own; none of them was seen.
"""

import re

from providers.sources.medstack.service_object import Answered
from wizard.formats.compose.tree import Fields, Tree
from wizard.formats.compose.values import text_of

_RUNNING = (
    "running_replicas",
    "running_tasks",
    "running_containers",
    "replicas_running",
    "running",
)
_BESIDE = ("ServiceStatus", "service_status", "status")
_NUMBER = re.compile(r"[0-9]{1,9}")


def per_node(service: Answered) -> bool:
    """Whether there is one on every node, so that no number of replicas can be set."""
    return _mode(service, "Global") is not None


def replicas(service: Answered) -> int | None:
    """As set; None when it is not told. A job that ends counts as none; one per node as 1."""
    if "replicas" in service.beside.untold:
        return None
    if per_node(service):
        return 1
    if _mode(service, "ReplicatedJob") is not None or _mode(service, "GlobalJob") is not None:
        return 0
    many = _mode(service, "Replicated")
    if many is None:
        return None
    # The Swarm API leaves out a number that is 1 by default.
    told = text_of(many.get("Replicas")).strip() if isinstance(many, Fields) else ""
    return int(told) if _NUMBER.fullmatch(told) else None if told else 1


def running(service: Answered) -> int | None:
    """Containers that run; None when it is not told."""
    for each in (service.raw, *service.raw.fields.values()):
        if not isinstance(each, Fields):
            continue
        for key in _BESIDE:
            status = each.get(key)
            if isinstance(status, Fields):
                told = _number(status, ("RunningTasks", *_RUNNING))
                if told is not None:
                    return told
    return _number(service.raw, _RUNNING)


def _number(thing: Fields, names: tuple[str, ...]) -> int | None:
    texts = (text_of(thing.get(name)).strip() for name in names)
    return next((int(text) for text in texts if _NUMBER.fullmatch(text)), None)


def _mode(service: Answered, kind: str) -> Tree | None:
    tree: Tree | None = service.part.tree
    for key in ("Spec", "Mode", kind):
        tree = tree.get(key) if isinstance(tree, Fields) else None
    return tree
