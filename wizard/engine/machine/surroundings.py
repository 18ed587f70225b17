"""Tools, clock and network settings of this machine, as far as a move has to do with them."""

import shutil
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from wizard.clock import Clock
from wizard.model.doctor import Finding, State

BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows a time before moveday was made."""
_TOOLS = {
    "git": (
        "git",
        "the repository is read and pushed with moveday's own library; large ones take longer",
    ),
    "ssh": ("the system's ssh", "tunnels go through moveday's own SSH, somewhat slower"),
    "docker": ("docker", "images cannot be tried here; Aptible builds them all the same"),
    "heroku": ("the official heroku client", "the commands for doing it by hand need it"),
    "aptible": ("the official aptible client", "the commands for doing it by hand need it"),
}
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy")
_DIVERSIONS = {
    "MOVEDAY_NETWORK": "DNS and connections go where this file says",
    "HEROKU_HOST": "Heroku is asked there",
    "HEROKU_DATA_HOST": "Heroku's data API is asked there",
    "APTIBLE_API_ROOT_URL": "Aptible is asked there",
    "APTIBLE_AUTH_ROOT_URL": "Aptible's sign-in is asked there",
}
_IGNORED = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NETRC")


def tool_findings(which: Callable[[str], str | None] = shutil.which) -> list[Finding]:
    """Programs that are used when they are there; none is needed."""
    found = []
    for name, (title, without) in _TOOLS.items():
        there = which(name) is not None
        seen = f"{title} is there" if there else f"{title} is not here"
        means = "" if there else without
        found.append(Finding(id=name, group="tools", state="ok", seen=seen, means=means))
    return found


def clock_findings(
    clock: Clock,
    boottime: Callable[[], float | None] | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> list[Finding]:
    """Whether time goes forward and is not absurd; without a network no more can be told."""
    first, now = clock.elapsed(), clock.now()
    backwards = clock.elapsed() < first
    state: State = "ok"
    seen, means, todo = f"{now:%Y-%m-%d %H:%M:%S} UTC", "", ""
    if backwards or now < BUILT:
        state = "fail"
        seen = "the clock runs backwards" if backwards else f"the clock says {now:%Y-%m-%d}"
        means = "times in the journal would be wrong, sign-in would fail"
        todo = "set the clock by the network (NTP)"
    else:
        means = "compared with the other sides' clocks only by --live"
    found = [Finding(id="clock", group="clock", state=state, seen=seen, means=means, todo=todo)]
    boot = (boottime or _boottime)()
    asleep = 0.0 if boot is None else boot - monotonic()
    if asleep > 60:
        found.append(
            Finding(
                id="sleep",
                group="clock",
                state="ok",
                seen=f"this machine slept {asleep / 3600:.1f} h since it was started",
                means="a machine that falls asleep in an outage makes it longer",
                todo="keep it on power and awake during rehearsal and cutover",
            )
        )
    return found


def network_findings(environ: Mapping[str, str]) -> list[Finding]:
    """Settings that bend the network, named without user names and passwords."""
    found = []
    proxies = [name for name in _PROXIES if environ.get(name)]
    if proxies:
        words = ", ".join(f"{name} ({place(environ[name])})" for name in proxies)
        found.append(
            Finding(
                id="proxy",
                group="network",
                state="warn",
                seen=f"a proxy is set: {words}",
                means="moveday connects directly and does not use it",
                todo="where only the proxy leads outside, run moveday from another network",
            )
        )
    found += [
        Finding(
            id=name.lower().replace("_", "-"),
            group="network",
            state="ok",
            seen=f"{name} is set" + ("" if name == "MOVEDAY_NETWORK" else f" ({place(value)})"),
            means=means,
        )
        for name, means in _DIVERSIONS.items()
        if (value := environ.get(name))
    ]
    ignored = [name for name in _IGNORED if environ.get(name)]
    if ignored:
        found.append(
            Finding(
                id="ignored",
                group="network",
                state="ok",
                seen=f"{', '.join(ignored)} set",
                means="moveday does not read them",
            )
        )
    if not found:
        found.append(
            Finding(id="network", group="network", state="ok", seen="nothing bends the network")
        )
    return found


def place(url: str) -> str:
    """Host and port of an address; never its user, password, path or query."""
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "not an address"
    return f"{parts.hostname}{port}" if parts.hostname else "no host in it"


def _boottime() -> float | None:
    """Seconds since the start, sleep included; None where the system does not tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else None
