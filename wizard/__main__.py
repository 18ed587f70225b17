"""The console command: engine and providers, joined, go to the command line and the screens."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.cli import moveday
from wizard.cli.launchers import Launchers, People
from wizard.joins.looks import (
    look_at_project,
    open_checkout,
    open_judges,
    open_registry,
)
from wizard.joins.move import open_outside
from wizard.joins.sides import open_doctor, open_sign_in, open_source_door, see_apps
from wizard.joins.tools import open_database, open_dns

if TYPE_CHECKING:
    # Annotations only: `--version` and `status` start without the ports and models.
    from collections.abc import Mapping

    from wizard.engine.events import PersonNeeded


async def serve_sandbox(
    env_file: Path, scenario: str, size_mb: int, with_visitors: bool, ttl: int
) -> None:
    """Serve the sandbox until a signal ends it."""
    from providers.sandbox.world import serve

    await serve(env_file, scenario, size_mb, with_visitors=with_visitors, ttl=ttl)


async def act_as_person(panel: str, change: Mapping[str, object]) -> None:
    """Change one record in the sandbox's DNS panel."""
    from providers.sandbox.dns.person import act

    await act(panel, change)


async def start_as_person(console: str, wanted: Mapping[str, object]) -> None:
    """Make a service in the sandbox's web interface of MedStack."""
    from providers.sandbox.medstack.person import start

    await start(console, wanted)


async def end_as_person(console: str, name: str) -> None:
    """Remove a service there, with the secrets that it alone used."""
    from providers.sandbox.medstack.person import end

    await end(console, name)


def commit_as_person(folder: Path, message: str) -> None:
    """Commit everything in the sandbox's checkout, without a git program."""
    import time

    from providers.sandbox.scenarios.commit import commit

    author = b"Practice <practice@example.test>"
    commit(folder, message.encode(), author, int(time.time()))


async def speak_to_sandbox(base: str, path: str, body: object | None) -> object:
    """One request to the sandbox's control server."""
    import httpx

    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
        reply = await (client.get(path) if body is None else client.post(path, json=body))
        reply.raise_for_status()
        return reply.json() if reply.content else None


async def open_screens(folder: Path, environ: Mapping[str, str]) -> int:
    """The wizard in this terminal; its exit code. UsageError without a terminal."""
    from screens.app import MovedayApp
    from screens.collector import leave_out_what_stays
    from screens.doors import Doors
    from screens.terminal import refuse_without_terminal

    refuse_without_terminal(environ)
    practice = "SANDBOX_CONTROL" in environ
    doors = Doors(
        folder=folder,
        practice=practice,
        environ=environ,
        outside=open_outside,
        sign_in=open_sign_in,
        look=open_checkout,
        play_person=play_person if practice and "MOVEDAY_PERSON_HOOK" in environ else None,
        settled=leave_out_what_stays,
    )
    app = MovedayApp(doors)
    await app.run_async()
    return app.return_code or 0


async def play_person(request: PersonNeeded) -> str | None:
    """On a sandbox: let the person hook do what a person is asked to do."""
    from wizard.cli.hook import tell_hook

    return await tell_hook(request)


def main() -> None:
    """The console command `moveday`."""
    # Next to all that a command makes, it keeps: looking for garbage every 700 new objects, as
    # Python does, costs a seventh of its time; every 20,000 it costs a few megabytes at most.
    gc.set_threshold(20_000, 20, 20)
    launchers = Launchers(
        outside=open_outside,
        sign_in=open_sign_in,
        database=open_database,
        dns=open_dns,
        repo=open_checkout,
        judges=open_judges,
        registry=open_registry,
        doctor=open_doctor,
        sandbox=serve_sandbox,
        person=People(act_as_person, start_as_person, end_as_person, commit_as_person),
        control=speak_to_sandbox,
        apps=see_apps,
        look=look_at_project,
        sign_in_to=open_source_door,
        screens=open_screens,
    )
    moveday(obj=launchers)


if __name__ == "__main__":
    main()
