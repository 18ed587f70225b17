"""heroku.yml: an app that is built from a Dockerfile already."""

import yaml

from wizard.formats.yaml_nodes import compose, line_of, mapping, scalar, strings
from wizard.model.frozen import Frozen


class HerokuYml(Frozen):
    """`dockerfiles` by process type; `run` and `release` commands; lines by process type.

    `languages`: it names what buildpacks build instead.
    """

    dockerfiles: dict[str, str] = {}
    languages: bool = False
    run: dict[str, str] = {}
    release: tuple[str, ...] = ()
    lines: dict[str, int] = {}


def read_heroku_yml(text: str, path: str = "heroku.yml") -> HerokuYml:
    """Read the parts that matter here. Raises FormatError."""
    root = mapping(compose(text, path), path)
    build = _below(root, "build", path)
    docker = _below(build, "docker", path)
    dockerfiles, lines = {}, {}
    for name, (key, value) in docker.items():
        named = scalar(value)
        if isinstance(value, yaml.MappingNode):
            inner = mapping(value, path).get("dockerfile")
            named = scalar(inner[1]) if inner else ""
        dockerfiles[name], lines[name] = named, line_of(key)
    run = {}
    for name, (_, value) in _below(root, "run", path).items():
        run[name] = _command(value, path)
    release = _command(root["release"][1], path) if "release" in root else ""
    return HerokuYml(
        dockerfiles=dockerfiles,
        languages="languages" in build,
        run=run,
        release=(release,) if release else (),
        lines=lines,
    )


def _below(
    nodes: dict[str, tuple[yaml.Node, yaml.Node]], key: str, path: str
) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    node = nodes[key][1] if key in nodes else None
    if isinstance(node, yaml.ScalarNode) and node.value in ("", "~", "null"):
        return {}
    return mapping(node, path)


def _command(node: yaml.Node, path: str) -> str:
    if isinstance(node, yaml.ScalarNode):
        return scalar(node)
    inner = mapping(node, path).get("command")
    if inner is None:
        return ""
    if isinstance(inner[1], yaml.ScalarNode):
        return scalar(inner[1])
    return " && ".join(text for text, _ in strings(inner[1], path, "command"))
