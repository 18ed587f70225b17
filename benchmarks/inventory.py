"""How long does an inventory take, against the official client's six commands? And 300 apps?

`python benchmarks/inventory.py [--runs 5] [--client PROGRAM]` starts a sandbox, runs `moveday
inventory --json` and the six commands one after the other, in turn, and prints Markdown tables:
median and range of wall times, processor time, calls. Then an account of 300 apps is listed.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pydantic import SecretStr

from providers.sources.heroku import list_apps
from providers.vault.memory import MemoryVault

SIX = ("ps", "config", "addons", "domains", "releases", "access")
"""What a person would type to learn the same (each with --json)."""
APPS = 300


def wait_for(path: Path, process: "subprocess.Popen[bytes]") -> dict[str, str]:
    """The settings that a starting sandbox writes."""
    while not path.exists():
        if process.poll() is not None:
            sys.exit("the sandbox did not start")
        time.sleep(0.1)
    lines = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in lines}


def timed(command: list[str], environ: dict[str, str], folder: Path) -> tuple[float, float, bytes]:
    """Wall seconds, processor seconds and output of one command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    ended = subprocess.run(
        command, env=environ, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode:
        sys.exit(f"{command} ended with {ended.returncode}:\n{ended.stderr.decode()[-2000:]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used, ended.stdout


def groups_in(document: dict[str, object]) -> int:
    """How many groups of facts (processes, domains, drains, …) an inventory holds."""
    return sum(isinstance(group, list) and bool(group) for group in document.values())


def compare(runs: int, client: str, folder: Path) -> None:
    """Both in turn on one sandbox; prints the table."""
    env_file = folder / "sandbox.env"
    sandbox = subprocess.Popen(
        [
            *(sys.executable, "-m", "wizard", "sandbox", "--env", str(env_file)),
            *("--size", "5", "--no-visitors"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        settings = wait_for(env_file, sandbox)
        app, home = folder / "app", folder / "home"
        shutil.copytree(settings["SANDBOX_REPOSITORY"], app)
        home.mkdir()
        kept = {"PATH": os.environ["PATH"], "HOME": str(home), "NO_COLOR": "1", "TERM": "dumb"}
        # The official client starts itself by its name.
        kept["PATH"] = f"{Path(client).parent}{os.pathsep}{kept['PATH']}"
        environ = {**kept, **settings}
        ours: list[tuple[float, float, bytes]] = []
        theirs: list[tuple[float, float]] = []
        moveday = [sys.executable, "-m", "wizard", "inventory", "--json", "--folder", str(app)]
        for _ in range(runs):
            ours.append(timed(moveday, environ, Path.cwd()))
            parts = [timed([client, name, "--json"], environ, home) for name in SIX]
            theirs.append((sum(p[0] for p in parts), sum(p[1] for p in parts)))
        mine = groups_in(json.loads(ours[-1][2]))
    finally:
        sandbox.terminate()
        sandbox.wait(60)
    print(f"| {runs} runs in turn | median s | min s | max s | processor s | groups of facts |")
    print("|---|---|---|---|---|---|")
    row("moveday inventory --json", [o[0] for o in ours], [o[1] for o in ours], mine)
    row(f"heroku {', '.join(SIX)}", [t[0] for t in theirs], [t[1] for t in theirs], len(SIX))
    ratio = statistics.median(o[0] for o in ours) / statistics.median(t[0] for t in theirs)
    print(f"\nmoveday takes {ratio:.2f} of the six commands' time.")


def row(name: str, walls: list[float], used: list[float], groups: int) -> None:
    """One line of the table."""
    middle, processor = statistics.median(walls), statistics.median(used)
    print(
        f"| {name} | {middle:.2f} | {min(walls):.2f} | {max(walls):.2f} | {processor:.2f} ", end=""
    )
    print(f"| {groups} |")


async def many_apps(runs: int, folder: Path) -> None:
    """An account of APPS apps, listed in pages of the platform's size; prints calls and time."""
    from tests.providers.sandbox.heroku_world import heroku_world

    async with heroku_world(folder) as world:
        account = world.heroku.account
        first = account.apps[1]
        for number in range(APPS - len(account.apps)):
            account.apps.append(
                type(first)(f"app-{number:03d}", first.owner, f"app-{number:03d}.herokuapp.com")
            )
        vault = MemoryVault()
        vault.put("heroku", "api-key", SecretStr(world.heroku.token))
        environ = {"HEROKU_HOST": world.heroku.url, "HEROKU_DATA_HOST": "localhost"}
        times = []
        for _ in range(runs):
            began = time.monotonic()
            seen = await list_apps(environ, vault)
            times.append(time.monotonic() - began)
        left = f"{seen.calls_left} calls left of the hour"
        print(
            f"\n{len(seen.apps)} apps: {seen.calls} call, median {statistics.median(times):.3f} s"
        )
        print(f"(range {min(times):.3f} to {max(times):.3f}), {left} after {runs} lists.")


def main() -> None:
    """Run both and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    default = os.environ.get("MOVEDAY_HEROKU_CLI") or shutil.which("heroku") or ""
    parser.add_argument("--client", default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="moveday-bench-") as place:
        if options.client:
            compare(options.runs, options.client, Path(place))
        else:
            print("the official client is not installed: name it with --client", file=sys.stderr)
        Path(place, "world").mkdir()
        asyncio.run(many_apps(options.runs, Path(place, "world")))


if __name__ == "__main__":
    main()
