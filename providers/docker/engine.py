"""The docker client as a container engine: everything by its commands, nothing by its socket."""

import asyncio
import contextlib
import json
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from providers.docker.client import DockerClient, said
from providers.docker.layers import search_archive
from providers.docker.sockets import listening_addresses
from providers.process import OnLine
from wizard.errors import MachineError, OutsideError
from wizard.model.container import (
    Boot,
    Built,
    ContainerState,
    ImageFacts,
    LayerSearch,
    LintFinding,
    Ran,
)

LABEL = "moveday=check"
_HERE = ("unix://", "npipe://", "fd://", "tcp://127.0.0.1", "tcp://localhost", "tcp://[::1]")
_LAYERS = "{{range .RootFS.Layers}}{{slice . 7}} {{end}}"
"""The digests without "sha256:": so the archive's members are called."""
_SEARCH = 600.0
_ANSWER = 10.0
_LINT = 120.0


class DockerEngine:
    """Implements ContainerEngine."""

    def __init__(self, client: DockerClient) -> None:
        self._client = client
        self._network = ""
        self._host_network_for_builds: bool | None = None

    async def version(self) -> str:
        """The engine's version."""
        try:
            host = await self._client.answer(
                "context", "inspect", "--format", "{{.Endpoints.docker.Host}}", deadline=20
            )
            if not host.strip().startswith(_HERE):
                raise MachineError(
                    "the docker client speaks to another machine",
                    f"its engine is {said(host)}: the checkout is not sent there",
                )
            found = await self._client.answer(
                "version", "--format", "{{.Server.Version}}", deadline=20
            )
        except OutsideError as error:
            raise MachineError(
                "no container engine answers", error.detail or error.title
            ) from error
        return said(found)

    async def lint(self, context: Path) -> tuple[LintFinding, ...]:
        """The engine's build checks ("docker build --check")."""
        text = await self._client.answer(
            "build", "--call=check,format=json", str(context), deadline=_LINT
        )
        try:
            warnings = json.loads(text)["warnings"] or []
            return tuple(
                LintFinding(
                    rule=str(item["ruleName"]),
                    level="warning",
                    line=_line(item),
                    text=str(item.get("detail") or item.get("description") or ""),
                )
                for item in warnings
            )
        except (ValueError, KeyError, TypeError) as error:
            raise OutsideError("the build checks' answer cannot be read", said(text)) from error

    async def build(self, context: Path, image: str, on_line: OnLine, deadline: float) -> Built:
        """Build `context`; the log is what the builder printed, its end."""
        words = ["build", "--tag", image, "--label", LABEL]
        if await self._without_bridge():
            words += ["--network", "host"]
        done = await self._client.within(deadline, *words, str(context), on_line=on_line)
        return Built(code=done.code, log=done.stderr or done.stdout.decode("utf-8", "replace"))

    async def image(self, image: str) -> ImageFacts:
        """An image's settings."""
        found = json.loads(await self._client.answer("image", "inspect", image))[0]
        config: dict[str, Any] = found.get("Config") or {}
        env = dict(pair.partition("=")[::2] for pair in config.get("Env") or ())
        return ImageFacts(
            user=config.get("User") or "",
            entrypoint=tuple(config.get("Entrypoint") or ()),
            command=tuple(config.get("Cmd") or ()),
            env=env,
            ports=tuple(sorted(p.partition("/")[0] for p in config.get("ExposedPorts") or ())),
            folder=config.get("WorkingDir") or "/",
            architecture=found.get("Architecture") or "",
        )

    async def start(self, name: str, boot: Boot) -> Ran:
        """Start in the background, in a network of this engine's own."""
        if not self._network:
            # Noted first: cut off in the middle, it may be there.
            self._network = f"{name}-net"
            await self._client.answer("network", "create", "--label", LABEL, self._network)
        words = ["run", "--detach", "--name", name, "--label", LABEL, "--network", self._network]
        if boot.env_file:
            words += ["--env-file", boot.env_file]
        if boot.publish:
            words += ["--publish", f"127.0.0.1::{boot.publish}"]
        if boot.read_only:
            words += ["--read-only", *(f"--tmpfs={folder}" for folder in boot.writable)]
        done = await self._client.call(*words, boot.image, *boot.command)
        return Ran(code=done.code, output=done.stderr)

    async def state(self, name: str) -> ContainerState:
        """Whether it runs, and how it ended."""
        text = await self._client.answer(
            "container", "inspect", "--format", "{{json .State}}", name
        )
        found = json.loads(text)
        return ContainerState(
            running=bool(found.get("Running")),
            code=int(found.get("ExitCode") or 0),
            out_of_memory=bool(found.get("OOMKilled")),
        )

    async def logs(self, name: str, lines: int) -> str:
        """The last lines of both streams."""
        done = await self._client.call("logs", "--tail", str(lines), name)
        return done.stdout.decode("utf-8", "replace") + done.stderr

    async def ask(self, name: str, port: str) -> str:
        """GET / at the published port; the Host header is the one of Aptible's health checks."""
        done = await self._client.call("port", name, port)
        places = done.stdout.decode("utf-8", "replace").split()
        if done.code or not places:
            return ""
        try:
            async with (
                httpx.AsyncClient(trust_env=False, timeout=_ANSWER) as client,
                client.stream("GET", f"http://{places[0]}/", headers={"Host": "containers"}) as got,
            ):
                return f"{got.status_code} {got.reason_phrase}".strip()
        except (httpx.HTTPError, httpx.InvalidURL):
            return ""

    async def listening(self, name: str) -> tuple[str, ...]:
        """What the container's own kernel tables say; needs `cat` in the image."""
        done = await self._client.call("exec", name, "cat", "/proc/net/tcp", "/proc/net/tcp6")
        return listening_addresses(done.stdout.decode("utf-8", "replace"))

    async def changes(self, name: str) -> tuple[str, ...]:
        """The paths that "docker diff" names, without folders that only hold others of them."""
        text = await self._client.answer("diff", name)
        paths = sorted(line[2:] for line in text.splitlines() if line[1:2] == " ")
        return tuple(
            path
            for at, path in enumerate(paths)
            if not any(other.startswith(f"{path}/") for other in paths[at + 1 : at + 200])
        )

    async def terminate(self, name: str, within: float) -> float | None:
        """SIGTERM, then wait."""
        began = time.monotonic()
        await self._client.call("kill", "--signal", "TERM", name)
        try:
            # The client itself needs a moment to start.
            await self._client.within(within + 1, "wait", name)
        except TimeoutError:
            return None
        return time.monotonic() - began

    async def run(self, image: str, script: str, deadline: float) -> Ran:
        """A script as root, without a network, gone afterwards."""
        name = f"moveday-look-{secrets.token_hex(5)}"
        words = ["run", "--name", name, "--label", LABEL, "--network", "none", "--user", "0"]
        words += ["--entrypoint", "/bin/sh", image, "-c", script]
        try:
            done = await self._client.within(deadline, *words)
        finally:
            # A client that was cut off leaves its container at work.
            await asyncio.shield(self.remove((name,), ()))
        return Ran(code=done.code, output=done.stdout.decode("utf-8", "replace") + done.stderr)

    async def search(self, image: str, base: str, value: str) -> LayerSearch:
        """Read the image once, as it comes."""
        done = await self._client.call("image", "inspect", "--format", _LAYERS, base)
        known = frozenset(done.stdout.decode("utf-8", "replace").split() if not done.code else ())
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb") as stream:
            try:
                child = await self._client.pipe("save", image, into=writing)
            finally:
                os.close(writing)
            work = asyncio.create_task(asyncio.to_thread(search_archive, stream, value, known))
            try:
                async with asyncio.timeout(_SEARCH):
                    found = await asyncio.shield(work)
                    code = await child.wait()
            except TimeoutError as error:
                raise OutsideError("the image's layers were not read in time") from error
            finally:
                # The reader ends when the other end of the pipe is closed.
                await asyncio.shield(child.stop())
                await asyncio.shield(work)
        if code:
            raise OutsideError("docker save failed", said(child.last_lines))
        return found

    async def remove(self, containers: Sequence[str], images: Sequence[str]) -> tuple[str, ...]:
        """Containers first: an image in use cannot go."""
        left = [
            *[await self._gone("container", "rm", "--force", "--volumes", n) for n in containers],
            *[await self._gone("image", "rm", "--force", name) for name in images],
        ]
        return tuple(words for words in left if words)

    async def close(self) -> tuple[str, ...]:
        """Remove the network."""
        if not self._network:
            return ()
        network, self._network = self._network, ""
        left = await self._gone("network", "rm", network)
        return (left,) if left else ()

    async def _gone(self, *words: str) -> str:
        """Remove one thing; its name when it is still there."""
        with contextlib.suppress(OutsideError):
            done = await self._client.call(*words)
            said_so = done.stderr.lower()
            if done.code == 0 or "no such" in said_so or "not found" in said_so:
                return ""
        return f"the {words[0]} {words[-1]}"

    async def _without_bridge(self) -> bool:
        """Whether the engine lacks its usual network: builds then need the machine's own."""
        if self._host_network_for_builds is None:
            done = await self._client.call("network", "inspect", "bridge")
            self._host_network_for_builds = done.code != 0
        return self._host_network_for_builds


def _line(warning: dict[str, Any]) -> int:
    ranges = (warning.get("location") or {}).get("ranges") or [{}]
    return int((ranges[0].get("start") or {}).get("line") or 0)
