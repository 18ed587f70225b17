"""What feeds this machine, and that sleep is held off exactly as long as it should be."""

import asyncio
import contextlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from providers.laptop import ThisLaptop
from screens.widgets.gate_list import gate_trouble
from wizard.rules.laptop import awake_finding, finding_words, power_findings, power_gates

# Takes no lock; else it does what the program of that name does: starts what it is given.
PASSES_ON = """#!/bin/sh
for word; do case "$word" in
    --what=*lid*) echo "Access denied" >&2; exit 1;;
    --*) shift;;
    *) exec "$@";;
esac; done
"""


def supply(root: Path, name: str, **attributes: str) -> None:
    folder = root / "sys/class/power_supply" / name
    folder.mkdir(parents=True)
    for attribute, value in attributes.items():
        (folder / attribute).write_text(f"{value}\n")


def battery(root: Path, status: str) -> None:
    supply(root, "BAT0", type="Battery", present="1", status=status, capacity="63")


async def test_on_battery_it_warns_before_the_start_and_stops_nothing(tmp_path: Path) -> None:
    battery(tmp_path, "Discharging")
    supply(tmp_path, "AC", type="Mains", online="0")
    power = await ThisLaptop({}, tmp_path).power()
    (found,) = power_findings(power)
    assert (found.severity, finding_words(found)) == (
        "warn",
        "this machine: it runs on battery, 63 % left (plug it in)",
    )
    (gate,) = power_gates(power)
    assert (gate.open, gate_trouble(gate)) == (
        True,
        "! mains power: this machine: it runs on battery, 63 % left",
    )


@pytest.mark.parametrize("status", ["Discharging", "Charging", "Full", "Not charging", "Unknown"])
async def test_with_its_plug_in_nothing_is_said(tmp_path: Path, status: str) -> None:
    # A weak charger does not keep up with a busy machine: discharging, and yet not on battery.
    battery(tmp_path, status)
    supply(tmp_path, "ucsi", type="USB", online="1", scope="System")
    assert power_findings(await ThisLaptop({}, tmp_path).power()) == ()


async def test_a_mouse_has_a_battery_of_its_own(tmp_path: Path) -> None:
    supply(tmp_path, "mouse", type="Battery", scope="Device", status="Discharging", capacity="4")
    power = await ThisLaptop({}, tmp_path).power()
    assert (power.supply, power.percent, power.detail) == ("mains", None, "it has no battery")


async def test_what_is_not_known_is_said_to_be_unknown(tmp_path: Path) -> None:
    (found,) = power_findings(await ThisLaptop({}, tmp_path).power())
    assert (found.severity, found.detail) == (
        "info",
        "whether it runs on battery is unknown: this system does not tell",
    )
    assert power_gates(await ThisLaptop({}, tmp_path).power()) == ()
    battery(tmp_path, "Unknown")
    assert (await ThisLaptop({}, tmp_path).power()).supply == "unknown"
    (tmp_path / "sys/class/power_supply/BAT0/capacity").write_bytes(b"\xff\xfe")
    assert (await ThisLaptop({}, tmp_path).power()).percent is None


def program(folder: Path, text: str) -> dict[str, str]:
    """An environment whose PATH holds one program for keeping a machine awake."""
    file = folder / "systemd-inhibit"
    file.write_text(text)
    file.chmod(0o755)
    return {"PATH": str(folder)}


async def test_it_is_awake_as_long_as_the_block_and_says_what_of_the_lid(tmp_path: Path) -> None:
    laptop = ThisLaptop(program(tmp_path, PASSES_ON), tmp_path)
    async with laptop.awake("a test") as awake:
        assert (awake.sleep, awake.lid) == (True, False)
        (holder,) = holders(os.getpid())
        found = awake_finding(awake)
        assert found.detail == "it is kept awake until the end, but leave its lid open"
    assert not (Path("/proc") / str(holder)).exists()


async def test_it_ends_also_when_we_are_killed(tmp_path: Path) -> None:
    environ = program(tmp_path, PASSES_ON)
    holding = (
        "import asyncio, pathlib\nfrom providers.laptop import ThisLaptop\n"
        f"laptop = ThisLaptop({environ!r}, pathlib.Path({str(tmp_path)!r}))\n"
        "async def main():\n    async with laptop.awake('a test'):\n"
        "        print('held', flush=True)\n        await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", holding),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == b"held\n"
    (holder,) = holders(child.pid)
    child.kill()
    await child.wait()
    while (Path("/proc") / str(holder)).exists():
        await asyncio.sleep(0.02)


async def test_without_the_means_it_says_so_and_goes_on(tmp_path: Path) -> None:
    async with ThisLaptop({"PATH": str(tmp_path)}, tmp_path).awake("a test") as awake:
        assert awake.detail == "there is neither systemd-inhibit nor caffeinate"
        found = awake_finding(awake)
        assert found.severity == "warn"
        assert "switch sleep off" in finding_words(found)
    environ = program(tmp_path, "#!/bin/sh\nprintf 'no \\033[31mbus\\n' >&2; exit 1\n")
    async with ThisLaptop(environ, tmp_path).awake("a test") as awake:
        assert (awake.sleep, awake.detail) == (False, "systemd-inhibit: no bus")
    release = tmp_path / "proc/sys/kernel/osrelease"
    release.parent.mkdir(parents=True)
    release.write_text("5.15.153.1-microsoft-standard-WSL2\n")
    async with ThisLaptop(environ, tmp_path).awake("a test") as awake:
        assert (awake.sleep, awake.detail[:15]) == (False, "Windows decides")


@pytest.mark.skipif(not shutil.which("systemd-inhibit"), reason="systemd-inhibit is not here")
async def test_the_real_program_without_its_service_is_no_failure(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/bus"}
    async with ThisLaptop(environ, tmp_path).awake("a test") as awake:
        assert (awake.sleep, awake.detail.partition(": ")[0]) == (False, "systemd-inhibit")


def holders(parent: int) -> list[int]:
    """Process ids of the shells that hold this machine awake for `parent`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(status[1]) == parent and b"echo held" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found
