"""Has the official `heroku` client a token on this machine? Asked only with the person's consent.

First the client itself (`heroku auth:token`): since version 11.9 its token lies in the keyring of
the operating system. Else the netrc file, as older clients and HEROKU_NETRC_WRITE leave it. Both
are read only; the stores' own formats are not touched, they move.
"""

import contextlib
import netrc
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from providers import process
from wizard.errors import MachineError
from wizard.safety.redact import REDACTOR

_PATIENCE = 30.0
# What the client needs to find its own settings and the keyring; no credential among them.
_PASSED = (
    "HEROKU_HOST",
    "HEROKU_DATA_HOST",
    "HEROKU_PARTICLEBOARD_URL",
    "HEROKU_SKIP_NEW_VERSION_CHECK",
    "HEROKU_DISABLE_AUTOUPDATE",
    "DISABLE_TELEMETRY",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
)


async def stored_token(environ: Mapping[str, str], host: str) -> tuple[SecretStr | None, str]:
    """The client's token and where it was found, or None and why there is none.

    `host` is the API's host as the client writes it into netrc.
    """
    program = shutil.which("heroku", path=environ.get("PATH"))
    why = "there is no program `heroku` on PATH"
    if program is not None:
        token, why = await _ask(program, environ)
        if token is not None:
            return token, "the official client (heroku auth:token)"
    for path in _netrc_files(environ):
        found = _from_netrc(path, host)
        if found is not None:
            return found, f"the file {path}"
    return None, f"{why}, and no netrc file has a token for {host}"


async def _ask(program: str, environ: Mapping[str, str]) -> tuple[SecretStr | None, str]:
    passed = {name: environ[name] for name in _PASSED if name in environ}
    try:
        outcome = await process.run(
            [program, "auth:token"],
            env=process.environment({"NO_COLOR": "1", "TERM": "dumb", **passed}),
            deadline=_PATIENCE,
        )
    except TimeoutError:
        return None, f"`heroku auth:token` did not answer within {_PATIENCE:g} s"
    except MachineError as error:
        return None, str(error)
    text = outcome.stdout.decode("utf-8", "replace").strip()
    if outcome.code != 0 or not text or len(text.split()) != 1:
        return None, "`heroku auth:token` gave none (not signed in there)"
    REDACTOR.learn(text)
    return SecretStr(text), ""


def _netrc_files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    home = Path(environ.get("HOME") or Path.home())
    return (home / ("_netrc" if os.name == "nt" else ".netrc"),)


def _from_netrc(path: Path, host: str) -> SecretStr | None:
    with contextlib.suppress(OSError, netrc.NetrcParseError, UnicodeDecodeError):
        entry = netrc.netrc(path).hosts.get(host)
        if entry is not None and entry[2]:
            REDACTOR.learn(entry[2])
            return SecretStr(entry[2])
    return None
