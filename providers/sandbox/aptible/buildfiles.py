"""What does a repository say about its containers? Dockerfile, Procfile and .aptible.yml."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from providers.sandbox.containers.image import ContainerImage, ImageShelf


class BuildFailed(Exception):
    """Why the repository cannot be deployed, for the operation's log."""


@dataclass
class Build:
    """`processes` maps a service name to its command; `hooks` a hook name to its commands.

    `base` is the image that it begins with, when that is one the sandbox has; `copies` are then
    the COPY lines, what of the repository goes where in it.
    """

    env: dict[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    processes: dict[str, str] = field(default_factory=dict)
    hooks: dict[str, list[str]] = field(default_factory=dict)
    base: ContainerImage | None = None
    copies: list[tuple[str, str]] = field(default_factory=list)
    working_dir: str = "/"


@dataclass
class _Stage:
    base: ContainerImage | None = None
    copies: list[tuple[str, str]] = field(default_factory=list)
    working_dir: str = "/"
    env: dict[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)
    command: str | None = None
    entrypoint: str | None = None


def read_build(folder: Path, images: ImageShelf | None = None) -> Build:
    """Read a checkout, whose Dockerfile may begin with one of `images`.

    Raises BuildFailed in Aptible's words.
    """
    dockerfile = folder / "Dockerfile"
    if not dockerfile.is_file():
        raise BuildFailed("No Dockerfile found in the root of the repository")
    stage = _read_dockerfile(dockerfile.read_text(), images or ImageShelf())
    processes = _read_procfile(_found(folder, "Procfile", stage))
    if not processes:
        command = " ".join(part for part in (stage.entrypoint, stage.command) if part)
        if not command:
            raise BuildFailed("No CMD or Procfile in the image")
        processes = {"cmd": command}
    elif stage.entrypoint:
        # With an ENTRYPOINT the line is passed as arguments, without a shell.
        processes = {
            name: f"{stage.entrypoint} {shlex.join(shlex.split(line))}"
            for name, line in processes.items()
        }
    return Build(
        stage.env,
        tuple(stage.ports),
        processes,
        _read_hooks(_found(folder, ".aptible.yml", stage)),
        stage.base,
        stage.copies,
        stage.working_dir,
    )


def instructions(text: str) -> list[str]:
    """A Dockerfile's instructions, one a line: comments out, continued lines joined."""
    joined = re.sub(r"\\\s*\n", " ", re.sub(r"(?m)^\s*#.*$", "", text))
    return [line.strip() for line in joined.splitlines() if line.strip()]


def _read_dockerfile(text: str, images: ImageShelf) -> _Stage:
    stages: dict[str, _Stage] = {}
    stage = _Stage()
    for line in instructions(text):
        word, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        match word.upper():
            case "FROM":
                parts = [p for p in rest.split() if not p.startswith("--")]
                stage = _begun(parts[0] if parts else "", stages, images)
                if len(parts) == 3 and parts[1].upper() == "AS":
                    stages[parts[2].lower()] = stage
            case "ENV":
                stage.env |= _env(rest)
            case "EXPOSE":
                ports = (p.partition("/")[0] for p in rest.split())
                stage.ports += [int(p) for p in ports if p.isdigit()]
            case "WORKDIR":
                stage.working_dir = rest if rest.startswith("/") else f"{stage.working_dir}/{rest}"
            case "COPY":
                stage.copies += _copies(rest)
            case "CMD":
                stage.command = _command(rest)
            case "ENTRYPOINT":
                stage.entrypoint = _command(rest)
                if stage.base is not None and stage.command == shlex.join(stage.base.command):
                    # An entry point takes the base image's command away.
                    stage.command = None
    return stage


def _begun(name: str, stages: dict[str, _Stage], images: ImageShelf) -> _Stage:
    """A stage as its FROM makes it: of an earlier stage, of a known image, or of nothing we know.

    What an earlier stage runs by itself is not taken over: nobody here builds on that.
    """
    earlier, known = stages.get(name.lower()), images.find(name)
    if earlier is not None:
        place = (earlier.base, list(earlier.copies), earlier.working_dir)
        return _Stage(*place, env=dict(earlier.env), ports=list(earlier.ports))
    if known is None:
        return _Stage()
    return _Stage(
        base=known,
        working_dir=known.working_dir,
        env=dict(known.env),
        ports=list(known.ports),
        command=shlex.join(known.command) or None,
        entrypoint=shlex.join(known.entrypoint) or None,
    )


def _copies(rest: str) -> list[tuple[str, str]]:
    """What a COPY names, each with its place; of another stage nothing is known."""
    words = [str(word) for word in json.loads(rest)] if rest.startswith("[") else shlex.split(rest)
    if any(word.startswith("--from=") for word in words):
        return []
    *sources, target = [word for word in words if not word.startswith("--")] or [""]
    return [(source, target) for source in sources]


def _env(rest: str) -> dict[str, str]:
    name, _, value = rest.partition(" ")
    if "=" not in name:
        return {name: value.strip()}
    return {part.partition("=")[0]: part.partition("=")[2] for part in shlex.split(rest)}


def _command(rest: str) -> str:
    if rest.startswith("["):
        try:
            return shlex.join(json.loads(rest))
        except (ValueError, TypeError):
            raise BuildFailed(f"Cannot read {rest!r} in the Dockerfile") from None
    return rest


def _found(folder: Path, name: str, stage: _Stage) -> Path:
    """A file of Aptible's: in the root of the repository, else where the image has it."""
    inside = next((src for src, to in stage.copies if to == f"/.aptible/{name}"), name)
    return folder / name if (folder / name).is_file() else folder / inside


def _read_procfile(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    found = re.findall(r"(?m)^([A-Za-z0-9_-]+):\s*(.+?)\s*$", file.read_text())
    return dict(found)


def _read_hooks(file: Path) -> dict[str, list[str]]:
    if not file.is_file():
        return {}
    try:
        raw = yaml.safe_load(file.read_text()) or {}
    except yaml.YAMLError:
        raise BuildFailed("Cannot read .aptible.yml") from None
    if not isinstance(raw, dict):
        raise BuildFailed(".aptible.yml is not a mapping")
    hooks = {str(k): [str(c) for c in v] for k, v in raw.items() if isinstance(v, list)}
    if "before_release" in hooks:  # the deprecated name
        hooks.setdefault("before_deploy", hooks.pop("before_release"))
    return hooks
