"""Gathers every secret that a sandbox holds, and searches artefacts for each in every spelling."""

import base64
import json
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, urlsplit

import httpx

from providers.sandbox.aptible.one_time_codes import code_at
from tests.journeys.clinic import services
from tests.journeys.sandbox_process import SandboxProcess

PLAIN = {"LOG_LEVEL", "WEB_CONCURRENCY", "APP_URL", "MAIL_GREETING", "SMTP_OPTIONS", "PORT"}
"""Config variables of the scenario that are no secrets."""

PEOPLES = ("SANDBOX_APTIBLE_PASSWORD", "SANDBOX_APTIBLE_TOTP_SECRET")
"""What a person types; moveday's own environment never has it."""


def secrets_of(sandbox: SandboxProcess) -> dict[str, str]:
    """Name → value of every secret: tokens, both sides' config, passwords inside URLs."""
    found = {name: sandbox.environ[name] for name in ("HEROKU_API_KEY", "APTIBLE_ACCESS_TOKEN")}
    heroku = httpx.Client(
        base_url=sandbox.environ["HEROKU_HOST"],
        headers={
            "Authorization": f"Bearer {sandbox.environ['HEROKU_API_KEY']}",
            "Accept": "application/vnd.heroku+json; version=3",
        },
    )
    for app in ("acme-clinic", "acme-clinic-staging"):
        config = heroku.get(f"/apps/{app}/config-vars").raise_for_status().json()
        found |= {f"{app}/{k}": v for k, v in config.items() if v and k not in PLAIN}
    found |= _urls_at_aptible(sandbox)
    return found | _passwords(found) | {n: sandbox.environ[n] for n in PEOPLES}


def secrets_of_clinic(sandbox: SandboxProcess) -> dict[str, str]:
    """The same for the clinic on MedStack: token, database's URL, what nobody reads back."""
    names = ("MEDSTACK_TOKEN_VALUE", "APTIBLE_ACCESS_TOKEN", "SANDBOX_SESSION_KEY")
    found = {name: sandbox.environ[name] for name in names}
    for service in services(sandbox).values():
        told = {str(each["name"]): str(each["value"]) for each in service["env"]}
        if "DATABASE_URL" in told:
            found[f"{service['name']}/DATABASE_URL"] = told["DATABASE_URL"]
    found |= _urls_at_aptible(sandbox)
    return found | _passwords(found) | {n: sandbox.environ[n] for n in PEOPLES}


def _urls_at_aptible(sandbox: SandboxProcess) -> dict[str, str]:
    aptible = httpx.Client(
        base_url=sandbox.environ["APTIBLE_API_ROOT_URL"],
        headers={
            "Authorization": f"Bearer {sandbox.environ['APTIBLE_ACCESS_TOKEN']}",
            "Prefer": "no_sensitive_extras=false",
        },
    )
    listed = aptible.get("/databases", params={"per_page": 500}).raise_for_status().json()
    urls = {d["handle"]: d.get("connection_url") for d in listed["_embedded"]["databases"]}
    return {f"aptible/{handle}": url for handle, url in urls.items() if url}


def _passwords(found: Mapping[str, str]) -> dict[str, str]:
    passwords = {
        f"{name} (password)": unquote(urlsplit(value).password or "")
        for name, value in found.items()
        if "://" in value
    }
    return {name: value for name, value in passwords.items() if value}


def fresh_aptible_token(sandbox: SandboxProcess) -> str:
    """A token as a person gets one: password and one-time code."""
    secret = sandbox.environ["SANDBOX_APTIBLE_TOTP_SECRET"]
    body = {
        "grant_type": "password",
        "username": sandbox.environ["SANDBOX_APTIBLE_EMAIL"],
        "password": sandbox.environ["SANDBOX_APTIBLE_PASSWORD"],
        "otp_token": code_at(secret, time.time()),
    }
    reply = httpx.post(f"{sandbox.environ['APTIBLE_AUTH_ROOT_URL']}/tokens", json=body)
    return str(reply.raise_for_status().json()["access_token"])


def spellings(value: str) -> Iterator[bytes]:
    """A value as it could stand in a file: plain, JSON, URL, hex, base64 at three offsets."""
    raw = value.encode()
    texts = {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
    yield from (text.encode() for text in texts)
    yield raw.hex().encode()
    for shift in range(3):
        encoded = base64.b64encode(b"x" * shift + raw)
        core = encoded[(0, 2, 3)[shift] + (2 if shift else 0) : len(encoded) - 4]
        if len(core) >= 12:
            yield core
            yield core.replace(b"+", b"-").replace(b"/", b"_")


def search(secrets: dict[str, str], artefacts: Iterable[tuple[str, bytes]]) -> list[str]:
    """“secret in artefact” for each hit; values themselves are not repeated."""
    forms = [(name, form) for name, value in secrets.items() for form in set(spellings(value))]
    hits = set()
    for where, content in artefacts:
        hits |= {f"{name} in {where}" for name, form in forms if form in content}
    return sorted(hits)


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, git's packed objects aside (they are the app's own)."""
    for path in folder.rglob("*"):
        if path.is_file() and ".git" not in path.parts and not path.is_symlink():
            yield str(path.relative_to(folder)), path.read_bytes()


_LOOKS = 3


class ProcessWatch:
    """Samples the argument lists, and the environments of moveday's children, all the while."""

    def __init__(self) -> None:
        self.seen: dict[str, bytes] = {}
        self.roots: set[int] = set()
        self._end = threading.Event()

    @contextmanager
    def watching(self) -> Iterator["ProcessWatch"]:
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._end.set()
            thread.join()

    def artefacts(self) -> Iterator[tuple[str, bytes]]:
        yield from self.seen.items()

    def _watch(self) -> None:
        looks: dict[int, int] = {}
        ours: set[int] = set()
        while not self._end.is_set():
            present = {int(name) for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208
            # A process gets its final arguments a moment after it appears: look at it thrice.
            for pid in sorted(pid for pid in present if looks.get(pid, 0) < _LOOKS):
                looks[pid] = looks.get(pid, 0) + 1
                self._look_at(pid, ours)
            looks = {pid: count for pid, count in looks.items() if pid in present}
            ours &= present  # numbers are used again by other people's processes
            time.sleep(0.01)

    def _look_at(self, pid: int, ours: set[int]) -> None:
        folder = Path("/proc") / str(pid)
        try:
            arguments = (folder / "cmdline").read_bytes()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            self.seen.setdefault(f"argv {arguments[:60]!r}", arguments)
            if parent in self.roots | ours:
                ours.add(pid)
                if arguments == (Path("/proc") / str(parent) / "cmdline").read_bytes():
                    return  # forked and not yet another program: still its parent's own memory
                environ = (folder / "environ").read_bytes()
                self.seen.setdefault(f"environ of a child {arguments[:40]!r}", environ)
        except (OSError, IndexError):
            return
