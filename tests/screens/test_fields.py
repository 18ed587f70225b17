"""What goes wrong in fields: huge pastes, line breaks, wrong codes, a keyring that hangs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.vault.move_vault import MoveVault
from tests.providers.sandbox.sign_in_hosts import EMAIL, PASSWORD, SignInHosts, sign_in_hosts
from tests.providers.vault.secret_service import HANGING_PROMPTER, secret_service
from tests.screens.pty_app import environ_of, pty_app

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
PLAN = """format: 1
source: {kind: heroku, app: acme-clinic}
target: {stack: acme-dedicated, environment: acme-clinic, app: acme-clinic}
"""
DOWN, ENTER = "\x1b[B", "\r"
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def hosts() -> Iterator[SignInHosts]:
    with sign_in_hosts() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "app"
    place.mkdir()
    (place / "moveday.yaml").write_text(PLAN)
    return place


def signed_out(home: Path, hosts: SignInHosts) -> dict[str, str]:
    """Two accounts that answer, and no token for either."""
    environ = environ_of(home) | hosts.environ
    return {k: v for k, v in environ.items() if k not in ("HEROKU_API_KEY", "APTIBLE_ACCESS_TOKEN")}


def test_both_sides_with_every_mistake_a_person_can_paste(folder: Path, hosts: SignInHosts) -> None:
    token = hosts.heroku_authorization("identity", "read-protected").secret
    with pty_app(folder, signed_out(folder.parent, hosts)) as app:
        app.expect("not signed in")
        app.press("s")
        app.expect("What now?")
        app.press(DOWN + ENTER)
        app.expect("How do you sign in to Heroku?")
        app.press(ENTER)
        app.expect("Use it")
        app.paste("x" * MEGABYTE)
        app.expect("longer than 16384 characters")
        app.paste(f"{token}\nsecond line")
        app.expect("more than one line")
        app.paste(f"{token[:20]} {token[20:]}")
        app.press(ENTER)
        app.expect("no spaces and no line breaks")
        app.paste(f"{token}\n")
        app.press(ENTER)
        app.expect("next: Aptible")
        app.press("s")
        app.expect("How do you sign in to Aptible?")
        app.press(ENTER)
        app.expect("e-mail")
        # A megabyte in the place of an address: the next question comes all the same.
        app.paste("y" * MEGABYTE)
        app.press(ENTER)
        app.expect("Aptible password")
        app.press(PASSWORD + ENTER)
        app.expect("does not accept this e-mail or password")
        app.press(EMAIL + ENTER)
        app.expect("Aptible password")
        app.paste(PASSWORD)
        app.press(ENTER)
        app.expect("one-time code")
        app.press(hosts.wrong_code() + ENTER)
        app.expect("the code was not accepted")
        app.press(hosts.code() + ENTER)
        app.expect(EMAIL)
        app.press("q")
        assert app.end() == 0
        app.restored()
    for secret in (token, PASSWORD):
        assert secret.encode() not in app.raw
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert not any(secret.encode() in path.read_bytes() for path in files)


def test_a_keyring_that_hangs_leaves_the_screens_live_and_the_choice_to_the_person(
    folder: Path, hosts: SignInHosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with secret_service(folder.parent / "s", prompter=HANGING_PROMPTER) as service:
        environ = signed_out(folder.parent, hosts) | service.environ
        for name, value in service.environ.items():
            monkeypatch.setenv(name, value)
        token = SecretStr(hosts.heroku_authorization("identity").secret)
        MoveVault(environ, folder, "acme-clinic").keep(
            f"moveday/{hosts.environ['HEROKU_HOST'].partition('//')[2]}",
            "owner",
            "heroku/api-key",
            token,
        )
        service.lock()
        with pty_app(folder, environ) as app:
            # It hangs while the move is opened: nobody has pressed anything yet.
            app.expect("What now?")
            app.press(ENTER)
            app.expect("trying the keyring")
            # It hangs again, and the other screens answer.
            app.press("1")
            app.expect("Plan: what moves")
            app.expect("What now?")
            app.press(DOWN + ENTER)
            # What the dialogue covered is drawn again: now digits open steps.
            app.expect("old side")
            app.press("2")
            app.expect("this session only, in memory")
            app.press("q")
            assert app.end() == 0
            app.restored()
