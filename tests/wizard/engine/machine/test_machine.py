"""What the doctor says about a machine: each kind of trouble with its words and its exit code."""

import os
import socket
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.cli.doctor_words import doctor_code, doctor_words
from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.engine.machine.examine import examine_machine
from wizard.engine.machine.storage import filesystem_of, storage_findings
from wizard.engine.machine.surroundings import (
    clock_findings,
    network_findings,
    place,
    tool_findings,
)
from wizard.engine.machine.terminal import Terminal, terminal_findings
from wizard.engine.machine.versions import fits, platform_finding, version_findings
from wizard.errors import MachineError
from wizard.exits import Exit
from wizard.model.doctor import Examination, Finding
from wizard.ports.vault import VaultUnavailable

GOOD = Terminal(interactive=True, columns=120, lines=40, encoding="utf-8")
PLAIN = {"TERM": "xterm-256color"}


def states(findings: list[Finding]) -> dict[str, str]:
    return {finding.id: finding.state for finding in findings}


async def test_this_machine_can_be_looked_at_whole(tmp_path: Path) -> None:
    async def postgres() -> str:
        return "PostgreSQL programs"

    found = await examine_machine(
        tmp_path, PLAIN, SYSTEM_CLOCK, lambda: "in the system keyring (GNOME)", postgres
    )
    examination = Examination(findings=found)
    assert examination.machine_usable, doctor_words(examination)
    assert doctor_code(examination) == Exit.DONE
    assert {f.group for f in found} >= {
        *("platform", "versions", "terminal", "keyring", "tools", "clock", "disk", "network")
    }
    assert "written, read and deleted in the system keyring (GNOME)" in doctor_words(examination)


async def test_a_shut_keyring_warns_and_missing_programs_fail(tmp_path: Path) -> None:
    def shut() -> str:
        raise VaultUnavailable("locked", "the keyring is locked", "nobody unlocked it", "unlock it")

    async def nothing() -> str:
        raise MachineError("PostgreSQL's programs could not be set up", "no folder")

    found = Examination(
        findings=await examine_machine(tmp_path, PLAIN, SYSTEM_CLOCK, shut, nothing)
    )
    told = doctor_words(found)
    assert "! warn  the keyring is locked: nobody unlocked it" in told
    assert "→ unlock it" in told
    assert doctor_code(found) == Exit.MACHINE
    assert "This machine cannot go on" in told


def test_native_windows_is_told_where_to_go() -> None:
    found = Examination(findings=(platform_finding("win32"),))
    assert doctor_code(found) == Exit.USAGE
    assert "plan, inventory, mapping and files work here" in doctor_words(found)
    assert "WSL2" in doctor_words(found)


@pytest.mark.parametrize(
    ("terminal", "environ", "name", "words"),
    [
        (GOOD, {"TERM": "dumb"}, "terminal", "nothing can be drawn"),
        (GOOD, {}, "terminal", "TERM is not set"),
        (Terminal(True, 60, 20, "utf-8"), PLAIN, "size", "60 columns"),
        (Terminal(True, 120, 40, "ascii"), PLAIN, "characters", "UTF-8 locale"),
        (GOOD, {**PLAIN, "SSH_CONNECTION": "x"}, "ssh", "start tmux"),
    ],
)
def test_a_terminal_that_falls_short_warns(
    terminal: Terminal, environ: dict[str, str], name: str, words: str
) -> None:
    found = terminal_findings(terminal, environ)
    assert states(found)[name] == "warn"
    assert words in doctor_words(Examination(findings=tuple(found)))


def test_a_good_terminal_is_good_also_without_colour_and_in_tmux() -> None:
    found = terminal_findings(GOOD, {**PLAIN, "NO_COLOR": "1", "TMUX": "x", "SSH_CONNECTION": "y"})
    assert set(states(found).values()) == {"ok"}


def test_no_terminal_is_no_trouble() -> None:
    found = terminal_findings(Terminal(False, 80, 24, ""), {})
    assert states(found) == {"terminal": "ok"}


def test_old_python_and_missing_libraries_fail() -> None:
    def version_of(name: str) -> str:
        if name == "httpx":
            raise metadata.PackageNotFoundError(name)
        return "0.0.1"

    found = version_findings((3, 10), version_of)
    assert states(found)["python"] == "fail"
    libraries = next(f for f in found if f.id == "libraries")
    assert libraries.state == "fail"
    assert "httpx is missing" in libraries.seen
    assert "pydantic 0.0.1 (wanted" in libraries.seen


@pytest.mark.parametrize(
    ("version", "bounds", "good"),
    [
        ("0.28.1", ">=0.28.1,<0.29", True),
        ("0.29", ">=0.28.1,<0.29", False),
        ("2.14.3", ">=2.12,<3", True),
        ("3.0", ">=2.12,<3", False),
        ("8.2.8", "==8.2.8", True),
        ("8.2.9", "==8.2.8", False),
        ("1.4.2", "~=1.4", True),
        ("2.0", "~=1.4", False),
        ("1.0", "", True),
    ],
)
def test_bounds(version: str, bounds: str, good: bool) -> None:
    assert fits(version, bounds) is good


def test_a_state_folder_that_others_can_read_warns(tmp_path: Path) -> None:
    assert states(storage_findings(tmp_path))["state"] == "ok"
    state = tmp_path / ".moveday"
    state.mkdir(mode=0o755)
    state.chmod(0o755)
    found = next(f for f in storage_findings(tmp_path) if f.id == "state")
    assert found.state == "warn"
    assert "0755" in found.seen
    state.chmod(0o700)
    assert states(storage_findings(tmp_path))["state"] == "ok"


def test_a_state_folder_that_is_a_link_fails(tmp_path: Path) -> None:
    (tmp_path / ".moveday").symlink_to(tmp_path)
    assert states(storage_findings(tmp_path))["state"] == "fail"


def test_a_network_disk_is_named(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\nodd\n")
    assert filesystem_of(tmp_path / "app", mounts) == "nfs4"
    assert states(storage_findings(tmp_path, mounts))["network-disk"] == "warn"


def test_a_clock_from_another_time_fails() -> None:
    old = Clock(now=lambda: datetime(1970, 1, 1, tzinfo=UTC), elapsed=lambda: 1.0)
    assert states(clock_findings(old))["clock"] == "fail"
    ticks = iter([5.0, 1.0])
    back = Clock(now=SYSTEM_CLOCK.now, elapsed=lambda: next(ticks))
    assert states(clock_findings(back))["clock"] == "fail"


def test_sleep_since_the_start_is_told() -> None:
    found = clock_findings(SYSTEM_CLOCK, lambda: 7300.0, lambda: 100.0)
    assert "slept 2.0 h" in found[1].seen


def test_tools_that_are_missing_say_what_it_means() -> None:
    found = tool_findings(lambda name: None)
    assert set(states(found).values()) == {"ok"}
    assert all(f.means and "is not here" in f.seen for f in found)


def test_a_proxy_is_named_without_its_password() -> None:
    environ = {"HTTPS_PROXY": "http://ada:hunter2@proxy.example.test:3128/path?token=x"}
    found = network_findings(environ)
    assert found[0].state == "warn"
    assert "HTTPS_PROXY (proxy.example.test:3128)" in found[0].seen
    assert "hunter2" not in doctor_words(Examination(findings=tuple(found)))
    assert "ada" not in found[0].seen


@given(user=st.text("abc:@/?#[]", max_size=12), secret=st.text("xyz0:@/?#[]", max_size=12))
def test_no_address_gives_its_user_away(user: str, secret: str) -> None:
    told = place(f"http://{user}SECRETUSER:{secret}SECRETWORD@proxy.test:1/")
    assert "SECRETWORD" not in told.upper() or "@" not in told


def test_the_network_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the doctor went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    found = [
        platform_finding(),
        *version_findings(),
        *terminal_findings(GOOD, dict(os.environ)),
        *tool_findings(),
        *clock_findings(SYSTEM_CLOCK),
        *storage_findings(tmp_path),
        *network_findings(dict(os.environ)),
    ]
    assert found
