"""What does a repository say about its containers? Dockerfile, Procfile and .aptible.yml."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

import yaml


class BuildFailed(Exception):
    """Why the repository cannot be deployed, for the operation's log."""


@dataclass
class Build:
    """`processes` maps a service name to its command; `hooks` a hook name to its commands."""

    env: dict[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    processes: dict[str, str] = field(default_factory=dict)
    hooks: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _Stage:
    env: dict[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)
    command: str | None = None
    entrypoint: str | None = None


def read_build(folder: Path) -> Build:
    """Read a checkout; raises BuildFailed in Aptible's words."""
    dockerfile = folder / "Dockerfile"
    if not dockerfile.is_file():
        raise BuildFailed("No Dockerfile found in the root of the repository")
    stage = _read_dockerfile(dockerfile.read_text())
    processes = _read_procfile(folder / "Procfile")
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
    return Build(stage.env, tuple(stage.ports), processes, _read_hooks(folder / ".aptible.yml"))


def instructions(text: str) -> list[str]:
    """A Dockerfile's instructions, one a line: comments out, continued lines joined."""
    joined = re.sub(r"\\\s*\n", " ", re.sub(r"(?m)^\s*#.*$", "", text))
    return [line.strip() for line in joined.splitlines() if line.strip()]


def _read_dockerfile(text: str) -> _Stage:
    stages: dict[str, _Stage] = {}
    stage = _Stage()
    for line in instructions(text):
        word, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        match word.upper():
            case "FROM":
                parts = [p for p in rest.split() if not p.startswith("--")]
                base = stages.get(parts[0].lower()) if parts else None
                stage = _Stage(dict(base.env), list(base.ports)) if base else _Stage()
                if len(parts) == 3 and parts[1].upper() == "AS":
                    stages[parts[2].lower()] = stage
            case "ENV":
                stage.env |= _env(rest)
            case "EXPOSE":
                ports = (p.partition("/")[0] for p in rest.split())
                stage.ports += [int(p) for p in ports if p.isdigit()]
            case "CMD":
                stage.command = _command(rest)
            case "ENTRYPOINT":
                stage.entrypoint = _command(rest)
    return stage


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
