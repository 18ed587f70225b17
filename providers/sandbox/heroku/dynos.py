"""Which dynos run? Brings real child processes in line with each app's formation and release."""

import asyncio
import os
import random
import time
from dataclasses import dataclass, field

from providers.sandbox.apps.supervisor import Container, ContainerFailed, Supervisor
from providers.sandbox.heroku.state import App, ProcessType, Release, new_id
from providers.sandbox.ledger import Ledger

NOT_RUN = ("release",)
RELEASE_TIMEOUT = 3600.0
ONE_OFF_TIMEOUT = 24 * 3600.0
RETRY_PAUSES = (0.5, 2.0)


@dataclass
class Dyno:
    """One dyno. `state`: starting, up, crashed, as the Platform API reference names them."""

    type: str
    index: int
    command: str
    size: str
    release: Release
    state: str = "starting"
    container: Container | None = None
    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)

    @property
    def name(self) -> str:
        """`web.1`."""
        return f"{self.type}.{self.index}"

    @property
    def shown_state(self) -> str:
        """`state`, or crashed while the process is down and waits to be started again."""
        if self.state == "up" and self.container is not None and not _alive(self.container.pid):
            return "crashed"
        return self.state

    def become(self, state: str) -> None:
        """Change the state and the time of the change."""
        self.state, self.updated = state, time.time()


class Dynos:
    """The dynos of all apps, on one supervisor."""

    def __init__(self, supervisor: Supervisor, ledger: Ledger) -> None:
        self._supervisor = supervisor
        self._ledger = ledger
        self._dynos: dict[str, list[Dyno]] = {}
        self._one_offs: dict[str, asyncio.Task[None]] = {}

    def of(self, app: App) -> list[Dyno]:
        """The dynos of an app by type and number."""
        return sorted(self._dynos.get(app.name, []), key=lambda dyno: (dyno.type, dyno.index))

    def web_port(self, app: App) -> int | None:
        """The port of a web dyno picked at random, as the router picks; None without one."""
        ports = [
            dyno.container.port
            for dyno in self.of(app)
            if dyno.type == "web" and dyno.state == "up" and dyno.container is not None
        ]
        return random.choice(ports) if ports else None

    async def reconcile(self, app: App) -> None:
        """Start and stop dynos until they agree with the formation."""
        async with app.lock:
            for process in list(app.formation.values()):
                await self._fit(app, process)

    async def restart(self, app: App) -> None:
        """Replace every dyno by one of the current release and config."""
        async with app.lock:
            # One-off dynos live on through a restart.
            formed = [dyno for dyno in self.of(app) if dyno.type in app.formation]
            await asyncio.gather(*(self._end(app, dyno) for dyno in formed))
            for process in list(app.formation.values()):
                await self._fit(app, process)

    async def stop_dyno(self, app: App, dyno: Dyno) -> None:
        """End one dyno; the formation then starts it anew, as the platform does."""
        async with app.lock:
            await self._end(app, dyno)
            process = app.formation.get(dyno.type)
            if process is not None:
                await self._fit(app, process)

    async def stop_all(self, app: App) -> None:
        """End all dynos of an app for good."""
        async with app.lock:
            await asyncio.gather(*(self._end(app, dyno) for dyno in self.of(app)))
            await self._supervisor.stop_all(_owner(app))

    def start_one_off(self, app: App, release: Release, command: str, size: str) -> Dyno:
        """Run a command in a dyno of its own, detached; it leaves the list when it has ended."""
        dyno = Dyno("run", random.randint(1000, 9999), command, size, release, "up")
        self._dynos.setdefault(app.name, []).append(dyno)
        self._ledger.note("heroku", "dyno-up", app=app.name, dyno=dyno.name)
        work = self._run_one_off(app, dyno)
        self._one_offs[dyno.id] = asyncio.get_running_loop().create_task(work)
        return dyno

    async def _run_one_off(self, app: App, dyno: Dyno) -> None:
        slug = dyno.release.slug
        try:
            if slug is not None:
                environment = self.environment(app, dyno.release, dyno.name)
                await self._supervisor.run_once(
                    dyno.command, environment, slug.folder, timeout=ONE_OFF_TIMEOUT
                )
        finally:
            self._one_offs.pop(dyno.id, None)
            self._forget(app, dyno)

    async def run_release_phase(self, app: App, release: Release) -> bool:
        """Run the `release` command in a one-off dyno; whether the release may go live."""
        command = release.slug.process_types.get("release") if release.slug else None
        if command is None or release.slug is None:
            return True
        index = random.randint(1000, 9999)
        environment = {**release.config, "DYNO": f"release.{index}"}
        code, output = await self._supervisor.run_once(
            command, environment, release.slug.folder, timeout=RELEASE_TIMEOUT
        )
        release.output = output.decode(errors="replace")
        self._ledger.note(
            "heroku", "release-phase", app=app.name, version=release.version, exit_code=code
        )
        return code == 0

    def environment(self, app: App, release: Release, name: str) -> dict[str, str]:
        """What a dyno sees: its release's config and what the platform adds."""
        added = {"DYNO": name}
        if app.features.get("runtime-dyno-metadata") and release.slug is not None:
            added |= {
                "HEROKU_APP_ID": app.id,
                "HEROKU_APP_NAME": app.name,
                "HEROKU_APP_DEFAULT_DOMAIN_NAME": app.default_host,
                "HEROKU_RELEASE_VERSION": f"v{release.version}",
                "HEROKU_SLUG_COMMIT": release.slug.commit,
                "HEROKU_SLUG_DESCRIPTION": f"Deploy {release.slug.commit[:8]}",
            }
        return {**release.config, **added}

    async def _fit(self, app: App, process: ProcessType) -> None:
        if process.type in NOT_RUN:
            return
        mine = [dyno for dyno in self.of(app) if dyno.type == process.type]
        surplus = [dyno for dyno in mine if dyno.index > process.quantity]
        await asyncio.gather(*(self._end(app, dyno) for dyno in surplus))
        present = {dyno.index for dyno in mine}
        missing = [index for index in range(1, process.quantity + 1) if index not in present]
        await asyncio.gather(*(self._begin(app, process, index) for index in missing))

    async def _begin(self, app: App, process: ProcessType, index: int) -> None:
        release = app.current
        if release is None or release.slug is None:
            return
        dyno = Dyno(process.type, index, process.command, process.size, release)
        self._dynos.setdefault(app.name, []).append(dyno)
        for pause in (*RETRY_PAUSES, None):
            if await self._try(app, dyno, process, release):
                dyno.become("up")
                self._ledger.note("heroku", "dyno-up", app=app.name, dyno=dyno.name)
                return
            dyno.become("crashed")
            self._ledger.note("heroku", "dyno-crashed", app=app.name, dyno=dyno.name)
            if pause is not None:
                await asyncio.sleep(pause)

    async def _try(self, app: App, dyno: Dyno, process: ProcessType, release: Release) -> bool:
        if release.slug is None:
            return False
        try:
            dyno.container = await self._supervisor.start(
                _owner(app),
                process.type,
                dyno.index,
                process.command,
                self.environment(app, release, dyno.name),
                release.slug.folder,
                web=process.type == "web",
            )
        except (ContainerFailed, OSError):
            return False
        return True

    async def _end(self, app: App, dyno: Dyno) -> None:
        one_off = self._one_offs.get(dyno.id)
        if one_off is not None:
            one_off.cancel()
            await asyncio.gather(one_off, return_exceptions=True)
        if dyno.container is not None:
            await self._supervisor.stop(dyno.container)
        self._forget(app, dyno)

    def _forget(self, app: App, dyno: Dyno) -> None:
        remaining = self._dynos.get(app.name, [])
        if dyno in remaining:
            remaining.remove(dyno)
            self._ledger.note("heroku", "dyno-down", app=app.name, dyno=dyno.name)


def _owner(app: App) -> str:
    return f"heroku-{app.name}"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
