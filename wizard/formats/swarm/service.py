"""One service as `docker service inspect` prints it, as the service that a Compose file tells.

Shape: Docker Engine API, `api/swagger.yaml` of moby. The command fills in the engine's defaults, so
what equals a default is taken as not asked for.
"""

import shlex
from dataclasses import dataclass

from wizard.formats.compose.parts import ServedName
from wizard.formats.compose.service import Service
from wizard.formats.compose.tree import Place, Text
from wizard.formats.swarm.parts import files, health, mounts, ports, variables
from wizard.formats.swarm.value import Value

STACK = "com.docker.stack.namespace"
_TOP = frozenset(
    {
        *("ID", "Version", "CreatedAt", "UpdatedAt", "Spec", "PreviousSpec", "Endpoint"),
        *("UpdateStatus", "ServiceStatus", "JobStatus"),
    }
)
_SPEC = frozenset(
    {
        *("Name", "Labels", "TaskTemplate", "Mode", "UpdateConfig", "RollbackConfig"),
        *("Networks", "EndpointSpec"),
    }
)
_TASK = frozenset(
    {
        *("ContainerSpec", "Resources", "RestartPolicy", "Placement", "Networks", "LogDriver"),
        *("ForceUpdate", "Runtime", "PluginSpec", "NetworkAttachmentSpec"),
    }
)
_CONTAINER = frozenset(
    {
        *("Image", "Labels", "Command", "Args", "Hostname", "Env", "Dir", "User", "Groups"),
        *("Privileges", "TTY", "OpenStdin", "ReadOnly", "Mounts", "StopSignal"),
        *("StopGracePeriod", "HealthCheck", "Healthcheck", "Hosts", "DNSConfig", "Secrets"),
        *("Configs", "Isolation", "Init", "Sysctls", "CapabilityAdd", "CapabilityDrop"),
        *("Ulimits", "OomScoreAdj"),
    }
)
_RAW = {
    "User": "user",
    "Dir": "working_dir",
    "Groups": "group_add",
    "Hostname": "hostname",
    "StopSignal": "stop_signal",
    "Hosts": "extra_hosts",
    "DNSConfig": "dns",
    "ReadOnly": "read_only",
    "Init": "init",
    "Sysctls": "sysctls",
    "Ulimits": "ulimits",
    "CapabilityAdd": "cap_add",
    "CapabilityDrop": "cap_drop",
    "Privileges": "security_opt",
}
_MODES = {
    "Global": "global",
    "ReplicatedJob": "replicated-job",
    "GlobalJob": "global-job",
    "Replicated": "replicated",
}
_GRACE = 10_000_000_000
_AS_SHIPPED = {
    "Parallelism": "1",
    "Delay": "0",
    "FailureAction": "pause",
    "Monitor": "5000000000",
    "MaxFailureRatio": "0",
    "Order": "stop-first",
}


@dataclass(frozen=True)
class Beside:
    """What a platform's API tells of a service that docker's own object has no place for.

    Both as in Service: host names that the platform leads to it, fields that were not told.
    """

    served: tuple[ServedName, ...] = ()
    untold: tuple[str, ...] = ()


def stack_of(whole: Value) -> str:
    """The stack that a service belongs to; "" for one of its own."""
    return whole.at("Spec", "Labels", STACK).text()


def read_service(whole: Value, name: str, prefix: str, aliases: tuple[str, ...]) -> Service:
    """The service; `name` is what it is called here, `prefix` the stack's, taken off of names."""
    spec = whole.at("Spec")
    task = spec.at("TaskTemplate")
    container = task.at("ContainerSpec")
    for part, known in ((whole, _TOP), (spec, _SPEC), (task, _TASK), (container, _CONTAINER)):
        part.keep_aside(known)
    mode, replicas = _mode(spec.at("Mode"))
    networks = task.at("Networks") if task.at("Networks") else spec.at("Networks")
    endpoint = spec.at("EndpointSpec", "Ports")
    resources = task.at("Resources")
    limits, reserved = resources.at("Limits"), resources.at("Reservations")
    raw, words = _raw(task, container, limits)
    named = tuple(word for each in networks.each() for word in each.at("Aliases").words())
    check = container.at("Healthcheck")
    image = container.at("Image").text().strip()
    return Service(
        name=name,
        place=whole.place,
        image=image,
        image_unset=() if image else ("IMAGE",),
        build=None,
        command=shlex.join(container.at("Args").words()),
        entrypoint=shlex.join(container.at("Command").words()),
        environment=variables(container.at("Env")),
        env_files=(),
        ports=ports(endpoint if endpoint else whole.at("Endpoint", "Ports")),
        expose=(),
        mounts=mounts(container.at("Mounts"), prefix),
        secrets=files(container.at("Secrets"), "Secret", prefix),
        configs=files(container.at("Configs"), "Config", prefix),
        health=health(check if check else container.at("HealthCheck")),
        networks=tuple(each.at("Target").text() for each in networks.each()),
        aliases=tuple(dict.fromkeys(w for w in (*aliases, *named) if w and w != name)),
        depends_on={},
        profiles=(),
        labels=_labels(container.at("Labels")),
        deploy_labels=_labels(spec.at("Labels")),
        mode=mode,
        replicas=replicas,
        memory=limits.at("MemoryBytes").number() or None,
        reserved=reserved.at("MemoryBytes").number() or None,
        restart=task.at("RestartPolicy", "Condition").text(),
        update_order=_order(spec.at("UpdateConfig")),
        gpu=bool(reserved.at("GenericResources")),
        raw=raw,
        words=words,
    )


def _labels(spec: Value) -> dict[str, Text]:
    found = {}
    for name, value in spec.named():
        value.text()
        if isinstance(value.tree, Text):
            found[name] = value.tree
    return found


def _mode(spec: Value) -> tuple[str, int | None]:
    for key, word in _MODES.items():
        one = spec.at(key)
        if one.tree is not None:
            many = one.at("TotalCompletions" if key == "ReplicatedJob" else "Replicas").number()
            return word, many
    return "", None


def _order(update: Value) -> str:
    """How it is updated; "" when nobody asked for anything: docker prints its own defaults."""
    shipped = all(
        not isinstance(found := update.at(key).tree, Text) or found.value == usual
        for key, usual in _AS_SHIPPED.items()
    )
    return "" if shipped else update.at("Order").text()


def _raw(task: Value, container: Value, limits: Value) -> tuple[dict[str, Place], dict[str, str]]:
    """What is asked of the platform: name → place, and words for those that can be shown."""
    raw, words = {}, {}
    for key, name in _RAW.items():
        if container.at(key):
            raw[name] = container.at(key).place
    for key in ("Hostname", "User", "Dir", "StopSignal"):
        if container.at(key):
            words[_RAW[key]] = container.at(key).text()
    grace = container.at("StopGracePeriod")
    if (nanoseconds := grace.number()) is not None and nanoseconds != _GRACE:
        raw["stop_grace_period"] = grace.place
        words["stop_grace_period"] = f"{nanoseconds / 1e9:g} s"
    isolation = container.at("Isolation")
    if isolation and isolation.text() != "default":
        raw["isolation"] = isolation.place
    cpus = limits.at("NanoCPUs")
    if share := cpus.number():
        raw["cpus"] = cpus.place
        words["cpus"] = f"{share / 1e9:g}"
    if pids := limits.at("Pids").number():
        raw["pids"] = limits.at("Pids").place
        words["pids"] = str(pids)
    if task.at("LogDriver"):
        raw["logging"] = task.at("LogDriver").place
        words["logging"] = task.at("LogDriver", "Name").text()
    placement = task.at("Placement")
    if any(placement.at(key) for key in ("Constraints", "Preferences", "MaxReplicas")):
        raw["placement"] = placement.place
        words["placement"] = ", ".join(placement.at("Constraints").words())
    return raw, words
