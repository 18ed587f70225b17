"""Which Python, moveday, libraries and platform are these, and are they enough?"""

import platform
import re
import ssl
import sys
from collections.abc import Callable, Mapping
from importlib import metadata

from wizard import __version__
from wizard.model.doctor import Finding

OLDEST_PYTHON = (3, 11)
_PINNED = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?\s*((?:[<>=!~]=?\s*[0-9][^;,]*,?)*)")
_SHOWN = ("textual", "httpx", "pydantic", "keyring", "psycopg", "dnspython", "cryptography")


def platform_finding(system: str = sys.platform) -> Finding:
    """Native Windows can prepare a move, not make one."""
    if system == "win32":
        return Finding(
            id="platform",
            group="platform",
            state="fail",
            seen="native Windows",
            means="plan, inventory, mapping and files work here; the rest needs signals and"
            " sockets that Windows has not",
            todo="use WSL2 (`wsl --install`) and install moveday inside it",
        )
    name = {"linux": "Linux", "darwin": "macOS"}.get(system, system)
    inside = " in WSL2" if "microsoft" in platform.release().lower() else ""
    known = system in ("linux", "darwin")
    return Finding(
        id="platform",
        group="platform",
        state="ok" if known else "warn",
        seen=f"{name}{inside}, {platform.machine()}",
        means="" if known else "moveday was never tried on it",
    )


def version_findings(
    python: tuple[int, ...] = sys.version_info[:3],
    version_of: Callable[[str], str] = metadata.version,
) -> list[Finding]:
    """Python, moveday, OpenSSL, and every library moveday asks for."""
    enough = python >= OLDEST_PYTHON
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return [
        Finding(
            id="python",
            group="versions",
            state="ok" if enough else "fail",
            seen=f"Python {'.'.join(map(str, python))}",
            means="" if enough else f"moveday needs {oldest} or newer",
            todo="" if enough else f"install Python {oldest} and moveday with it",
        ),
        Finding(id="moveday", group="versions", state="ok", seen=f"moveday {__version__}"),
        Finding(id="openssl", group="versions", state="ok", seen=ssl.OPENSSL_VERSION),
        _libraries(version_of),
    ]


def _libraries(version_of: Callable[[str], str]) -> Finding:
    there: dict[str, str] = {}
    trouble: list[str] = []
    for name, wanted in _wanted().items():
        try:
            there[name] = version_of(name)
        except metadata.PackageNotFoundError:
            trouble.append(f"{name} is missing")
            continue
        if not fits(there[name], wanted):
            trouble.append(f"{name} {there[name]} (wanted {wanted})")
    seen = ", ".join(f"{name} {there[name]}" for name in _SHOWN if name in there)
    return Finding(
        id="libraries",
        group="versions",
        state="fail" if trouble else "ok",
        seen="; ".join(trouble) if trouble else f"{len(there)} libraries as wanted: {seen}",
        means="moveday was tried with the versions it asks for" if trouble else "",
        todo="install moveday again from its lock file (make install)" if trouble else "",
    )


def _wanted() -> Mapping[str, str]:
    """Library → bounds, from moveday's own metadata; empty when it runs uninstalled."""
    try:
        asked = metadata.requires("moveday") or []
    except metadata.PackageNotFoundError:
        return {}
    found = (_PINNED.match(line) for line in asked if "extra ==" not in line)
    return {match[1]: match[2].strip(", ") for match in found if match}


def fits(version: str, bounds: str) -> bool:
    """Whether a version lies in bounds such as ">=0.28,<0.29" (numbers only)."""
    return all(_holds(version, bound.strip()) for bound in bounds.split(",") if bound.strip())


def _holds(version: str, bound: str) -> bool:
    match = re.fullmatch(r"(==|>=|<=|!=|<|>|~=)\s*(.+)", bound)
    if match is None:
        return True
    left, right = _numbers(version), _numbers(match[2])
    width = max(len(left), len(right))
    a, b = (part + (0,) * (width - len(part)) for part in (left, right))
    kept = _numbers(match[2])[:-1]
    checks: Mapping[str, bool] = {
        "==": a == b,
        "!=": a != b,
        ">=": a >= b,
        "<=": a <= b,
        ">": a > b,
        "<": a < b,
        "~=": a >= b and left[: len(kept)] == kept,
    }
    return checks[match[1]]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:4])
