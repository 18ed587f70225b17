"""One service of a Compose file: every form of every key that says what has to run."""

from dataclasses import dataclass, field

from wizard.formats.compose.merge import as_mapping
from wizard.formats.compose.parts import (
    Health,
    Mount,
    PortLine,
    ServedName,
    Used,
    health_of,
    mounts_of,
    ports_of,
    used_of,
)
from wizard.formats.compose.tree import Fields, Place, Text, Tree
from wizard.formats.compose.values import (
    bytes_of,
    command_of,
    fields_of,
    items_of,
    number_of,
    text_of,
    unset_in,
    words_of,
)
from wizard.formats.compose.variables import EnvFileUse, EnvValue, env_files_of, environment_of


@dataclass(frozen=True)
class Build:
    """How the image is built; paths as they are written, `args` names only."""

    context: str
    dockerfile: str = ""
    target: str = ""
    inline: str = ""
    args: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """A service as it is written. Sizes in bytes; `replicas` None when nothing is said.

    `seen`: where a field comes from, when that is another input than the one of `place`. `served`:
    host names that its platform itself leads to it. `untold`: fields (of the names here) that its
    input could have told and did not: nothing is known of them, also not that they are empty.
    `waits`: variables without a value that stand in its command; `blanks`: such ones that have a
    default elsewhere in the project, so that nothing in their place is meant to work. `made_at`:
    where its image or build stands. `provider`: the kind of what makes it outside of any container,
    "" for a service of its own.
    """

    name: str
    place: Place
    image: str
    image_unset: tuple[str, ...]
    build: Build | None
    command: str
    entrypoint: str
    environment: tuple[EnvValue, ...]
    env_files: tuple[EnvFileUse, ...]
    ports: tuple[PortLine, ...]
    expose: tuple[str, ...]
    mounts: tuple[Mount, ...]
    secrets: tuple[Used, ...]
    configs: tuple[Used, ...]
    health: Health | None
    networks: tuple[str, ...]
    aliases: tuple[str, ...]
    depends_on: dict[str, str]
    profiles: tuple[str, ...]
    labels: dict[str, Text] = field(repr=False)
    deploy_labels: dict[str, Text] = field(repr=False)
    mode: str = ""
    replicas: int | None = None
    memory: int | None = None
    reserved: int | None = None
    restart: str = ""
    update_order: str = ""
    gpu: bool = False
    raw: dict[str, Place] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    seen: dict[str, Place] = field(default_factory=dict)
    served: tuple[ServedName, ...] = ()
    untold: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    made_at: Place | None = None
    provider: str = ""


_RAW = (
    *("privileged", "devices", "network_mode", "pid", "ipc", "cap_add", "cap_drop", "sysctls"),
    *("ulimits", "extra_hosts", "dns", "hostname", "container_name", "links", "external_links"),
    *("logging", "security_opt", "userns_mode", "runtime", "gpus", "mac_address", "cgroup_parent"),
    *("stop_grace_period", "stop_signal", "init", "read_only", "user", "working_dir", "shm_size"),
    *("post_start", "pre_stop", "models", "use_api_socket"),
    *("tmpfs", "group_add", "isolation", "volumes_from", "platform", "domainname", "dns_search"),
)

_SHOWN = (
    *("network_mode", "hostname", "platform", "runtime", "pid", "ipc"),
    *("user", "working_dir", "stop_signal", "stop_grace_period"),
)


def read_service(name: str, tree: Tree, where: Place) -> Service:
    """The service of this name. Raises FormatError with file and line."""
    if isinstance(tree, Text) and tree.null:
        raise where.wrong(f"the service {name} is empty")
    body = fields_of(tree, f"the service {name}")
    deploy = fields_of(body.get("deploy"), "deploy")
    resources = fields_of(deploy.get("resources"), "deploy.resources")
    limits = fields_of(resources.get("limits"), "limits")
    reserved = fields_of(resources.get("reservations"), "reservations")
    policy = fields_of(deploy.get("restart_policy"), "restart_policy")
    update = fields_of(deploy.get("update_config"), "update_config")
    placement = fields_of(deploy.get("placement"), "placement")
    image = body.get("image")
    scale = number_of(deploy.get("replicas"), "replicas")
    old_scale = number_of(body.get("scale"), "scale")
    memory = bytes_of(limits.get("memory"), "memory")
    old_memory = bytes_of(body.get("mem_limit"), "mem_limit")
    old_reserved = bytes_of(body.get("mem_reservation"), "mem_reservation")
    raw = {key: body.where(key) for key in _RAW if body.get(key) is not None}
    if placement.fields:
        raw["placement"] = deploy.where("placement")
    for key, old in (("cpus", "cpus"), ("pids", "pids_limit")):
        if limits.get(key) is not None or body.get(old) is not None:
            raw[key] = limits.where(key) if limits.get(key) is not None else body.where(old)
    return Service(
        name=name,
        place=where,
        image=text_of(image).strip(),
        image_unset=image.unset if isinstance(image, Text) else (),
        build=_build(body.get("build")),
        command=command_of(body.get("command"), "command"),
        entrypoint=command_of(body.get("entrypoint"), "entrypoint"),
        environment=environment_of(body.get("environment")),
        env_files=env_files_of(body.get("env_file")),
        ports=ports_of(body.get("ports")),
        expose=tuple(word.partition("/")[0] for word in words_of(body.get("expose"), "expose")),
        mounts=mounts_of(body.get("volumes")),
        secrets=used_of(body.get("secrets"), "secrets"),
        configs=used_of(body.get("configs"), "configs"),
        health=health_of(body.get("healthcheck")),
        networks=words_of(body.get("networks"), "networks"),
        aliases=_aliases(body),
        depends_on=_depends(body.get("depends_on")),
        profiles=words_of(body.get("profiles"), "profiles"),
        labels=_labels(body.get("labels")),
        deploy_labels=_labels(deploy.get("labels")),
        mode=text_of(deploy.get("mode")),
        replicas=old_scale if scale is None else scale,
        memory=old_memory if memory is None else memory,
        reserved=bytes_of(reserved.get("memory"), "memory") or old_reserved,
        restart=text_of(policy.get("condition")) or text_of(body.get("restart")),
        update_order=text_of(update.get("order")),
        gpu=_gpu(body, reserved),
        raw=raw,
        links=words_of(body.get("links"), "links"),
        words=_shown(body, limits, placement),
        made_at=body.where("build" if body.get("build") is not None else "image"),
        provider=text_of(fields_of(body.get("provider"), "provider").get("type")),
        waits=(*unset_in(body.get("entrypoint")), *unset_in(body.get("command"))),
    )


def _shown(body: Fields, limits: Fields, placement: Fields) -> dict[str, str]:
    """What can be shown of things that are asked of the platform."""
    rules = items_of(placement.get("constraints"), "constraints")
    return {
        **{key: text_of(body.get(key)) for key in _SHOWN},
        "cpus": text_of(limits.get("cpus")) or text_of(body.get("cpus")),
        "pids": text_of(limits.get("pids")) or text_of(body.get("pids_limit")),
        "placement": ", ".join(text_of(rule) for rule in rules),
        "logging": text_of(fields_of(body.get("logging"), "logging").get("driver")),
    }


def _gpu(body: Fields, reserved: Fields) -> bool:
    devices = reserved.get("devices") or reserved.get("generic_resources")
    return (
        devices is not None
        or body.get("gpus") is not None
        or text_of(body.get("runtime")) == "nvidia"
    )


def _build(tree: Tree | None) -> Build | None:
    if tree is None:
        return None
    if isinstance(tree, Text):
        return Build(tree.value)
    body = fields_of(tree, "build")
    args = body.get("args")
    return Build(
        context=text_of(body.get("context")) or ".",
        dockerfile=text_of(body.get("dockerfile")),
        target=text_of(body.get("target")),
        inline=text_of(body.get("dockerfile_inline")),
        args=words_of(as_mapping(args, "args"), "args") if args is not None else (),
    )


def _labels(tree: Tree | None) -> dict[str, Text]:
    if tree is None:
        return {}
    body = fields_of(as_mapping(tree, "labels"), "labels")
    return {name: value for name, value in body.fields.items() if isinstance(value, Text)}


def _aliases(body: Fields) -> tuple[str, ...]:
    found = [text_of(body.get("container_name")), text_of(body.get("hostname"))]
    networks = body.get("networks")
    if isinstance(networks, Fields):
        for network in networks.fields.values():
            if isinstance(network, Fields):
                found += words_of(network.get("aliases"), "aliases")
    return tuple(dict.fromkeys(alias for alias in found if alias))


def _depends(tree: Tree | None) -> dict[str, str]:
    if tree is None:
        return {}
    body = fields_of(as_mapping(tree, "depends_on"), "depends_on")
    found = {}
    for name, value in body.fields.items():
        condition = value.get("condition") if isinstance(value, Fields) else None
        found[name] = text_of(condition) or "service_started"
    return found
