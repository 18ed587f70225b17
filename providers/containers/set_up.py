"""Which files set a proxy up: mounted, given as a config, copied into its image."""

from collections.abc import Iterator

from providers.containers.dockerfiles import Dockerfiles
from providers.containers.files import ProjectFiles
from wizard.formats.compose.project import Project
from wizard.formats.compose.service import Service

_CONFIGS = (".conf", ".template", ".yml", ".yaml", ".toml", "Caddyfile")


def set_up_by(
    project: Project, files: ProjectFiles, dockerfiles: Dockerfiles, proxy: Service, built: Service
) -> Iterator[tuple[str, str]]:
    """Path and text of every file that may do so; `built`: the proxy with its image's build."""
    paths: list[str] = []
    for mount in proxy.mounts:
        if mount.kind == "bind":
            paths += [mount.source, *files.inside(mount.source)]
    for used in proxy.configs:
        top = project.configs.get(used.name)
        paths += [top.file] if top and top.file else []
        if top and top.content:
            yield used.name, top.content.value
    for source, _ in dockerfiles.copies(built):
        paths += [source, *files.inside(source)] if source else []
    for path in dict.fromkeys(paths):
        if path.endswith(_CONFIGS):
            yield path, files.text(path) or ""
