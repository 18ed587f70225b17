"""A real Secret Service for tests: a session bus of its own with GNOME's keyring daemon on it."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon", "secret-tool")
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
_SERVICE = "[D-BUS Service]\nName={name}\nExec={program}\n"
HANGING_PROMPTER = "/bin/sleep 600"


@dataclass
class SecretService:
    """A running bus; `environ` leads programs to it, with a home of its own."""

    environ: dict[str, str]
    folder: Path

    def items(self, service: str) -> str:
        """What GNOME's own client finds under a service name (values and attributes)."""
        done = subprocess.run(
            ["secret-tool", "search", "--all", "service", service],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout + done.stderr

    def lock(self) -> None:
        """Lock the default collection, as a desktop does when its user goes away."""
        subprocess.run(
            [
                *("dbus-send", "--session", "--dest=org.freedesktop.secrets", "--print-reply"),
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service.Lock",
                "array:objpath:/org/freedesktop/secrets/collection/login",
            ],
            env=self.environ,
            check=True,
            capture_output=True,
            timeout=60,
        )


def need_programs() -> None:
    """Skip without the programs; fail where services are required."""
    missing = [name for name in (*PROGRAMS, "dbus-send") if shutil.which(name) is None]
    if not missing:
        return
    reason = f"needs {', '.join(missing)} (packages gnome-keyring, dbus-daemon, libsecret-tools)"
    if os.environ.get("MOVEDAY_REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def secret_service(
    folder: Path, *, unlocked: bool = True, keyring: bool = True, prompter: str = "/bin/false"
) -> Iterator[SecretService]:
    """A bus with (or without) a keyring daemon; `prompter` is what asks for its password."""
    need_programs()
    services, home, runtime = folder / "services", folder / "home", folder / "run"
    for place in (services, home, runtime):
        place.mkdir(mode=0o700, parents=True)
    socket = folder / "bus"
    (folder / "bus.conf").write_text(_CONFIG.format(socket=socket, services=services))
    daemon = shutil.which("gnome-keyring-daemon")
    names = {"org.gnome.keyring.SystemPrompter": prompter}
    if keyring:
        names["org.freedesktop.secrets"] = f"{daemon} --start --foreground --components=secrets"
    for name, program in names.items():
        text = _SERVICE.format(name=name, program=program)
        (services / f"{name}.service").write_text(text)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_RUNTIME_DIR": str(runtime),
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
    }
    bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={folder / 'bus.conf'}", "--nofork", "--print-address"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    started: list[subprocess.Popen[bytes]] = [bus]
    try:
        assert bus.stdout is not None
        bus.stdout.readline()
        if keyring and unlocked:
            ring = subprocess.Popen(
                [str(daemon), "--unlock", "--components=secrets", "--foreground"],
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            started.append(ring)
            assert ring.stdin is not None
            assert ring.stdout is not None
            ring.stdin.write(b"keyring password")
            ring.stdin.close()
            ring.stdout.readline()
        yield SecretService(environ, folder)
    finally:
        for process in reversed(started):
            # Its group: the bus has started prompters and daemons.
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(10)
            assert process.stdout is not None
            process.stdout.close()
