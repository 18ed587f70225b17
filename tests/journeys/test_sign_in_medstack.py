"""Somebody signs in to MedStack at a terminal: a real keyring keeps it and gives it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.sandbox_process import Ended
from tests.journeys.secret_search import files_below, search
from tests.journeys.terminal import ROOT, Terminal
from tests.providers.sources.medstack.northside import Northside, northside
from tests.providers.vault.secret_service import SecretService, secret_service

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
SIGN_IN = ("sign-in", "--source", "medstack")


@pytest.fixture
def clinic() -> Iterator[Northside]:
    with northside() as running:
        yield running


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SecretService]:
    with secret_service(tmp_path / "s") as running:
        yield running


def test_a_pair_is_typed_kept_used_and_forgotten(
    clinic: Northside, service: SecretService, tmp_path: Path
) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    token = clinic.company.tokens[0]
    environ = {**service.environ, "MEDSTACK_API_URL": clinic.sandbox.url}
    place = ("--folder", str(folder))

    def run(*words: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "wizard", *words, *place],
            env={**environ, "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            cwd=ROOT,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    at = Terminal(*SIGN_IN, *place, environ=environ)
    at.answer("MedStack token key", token.key)
    at.answer("MedStack token value", "planted-wrong-value")
    at.expect("does not accept the token")
    at.answer("MedStack token key", token.key)
    at.answer("MedStack token value", token.value)
    at.expect("MedStack: Northside Clinic")
    at.expect("in the system keyring (GNOME)")
    at.expect("cluster Northside Production")
    assert (at.end(), at.sane()) == (0, True)
    at.close()
    host = f"moveday/{clinic.sandbox.url.partition('//')[2].partition('/')[0]}"
    assert f"secret = {token.key}:{token.value}\n" in service.items(host)

    looking = Terminal("inventory", "--source", "medstack", *place, environ=environ)
    looking.expect("Northside Clinic has several clusters. Which one moves?")
    looking.expect("2  Northside Staging (Canada East)")
    looking.answer("1 to 2", "3")
    looking.answer("1 to 2", "1")
    looking.expect("northside-production: 1 app")
    assert looking.end() == 0
    looking.close()
    remembered = json.loads((folder / ".moveday" / "looked.json").read_text())
    assert remembered["cluster"] == clinic.production.id
    forgotten = run("sign-in", "--forget", "--json")
    assert forgotten.code == 0, forgotten.err
    (receipt,) = forgotten.document["receipts"]
    assert (receipt["role"], receipt["deleted"]) == ("medstack/api-token", True)
    assert receipt["revoked"] == "not revoked"
    assert "MedStack Control, user menu, API Tokens" in receipt["words"]
    assert service.items(host) == ""

    shown = [("terminal", at.seen.encode()), ("terminal", looking.seen.encode())]
    shown += [("out", forgotten.out.encode()), ("err", forgotten.err.encode())]
    secrets = clinic.secrets()
    del secrets["token key"]  # shown as it is typed: without its value it opens nothing
    secrets["wrong value"] = "planted-wrong-value"
    assert search(secrets, [*shown, *files_below(tmp_path / "app")]) == []
