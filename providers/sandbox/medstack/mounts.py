"""Which files does a service's container find? Its secrets and configs, where Swarm puts them."""

from collections.abc import Mapping, Sequence

from providers.sandbox.containers.launch import Mounted
from providers.sandbox.medstack.state import Cluster, MountedSecret, Service

_SECRETS = "/run/secrets/"


def mounted_files(cluster: Cluster, service: Service) -> list[Mounted]:
    """Secrets without a path of their own lie in /run/secrets, configs in / (docker: configs)."""
    secrets = {each.name: each.data for each in cluster.secrets}
    configs = {each.name: each.data for each in cluster.configs}
    return [
        *_files(service.secrets, secrets, _SECRETS),
        *_files(service.configs, configs, "/"),
    ]


def _files(used: Sequence[MountedSecret], kept: Mapping[str, str], folder: str) -> list[Mounted]:
    return [
        Mounted(
            each.file_name if each.file_name.startswith("/") else folder + each.file_name,
            kept[each.name].encode(),
            each.mode,
        )
        for each in used
        if each.name in kept
    ]
