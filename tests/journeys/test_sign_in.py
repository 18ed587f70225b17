"""`moveday sign-in` as a person runs it: at a terminal, on real hosts and a real keyring."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.sandbox_process import Ended
from tests.journeys.secret_search import files_below, search
from tests.journeys.terminal import ROOT, Terminal
from tests.providers.sandbox.sign_in_hosts import (
    EMAIL,
    OWNER,
    PASSWORD,
    SignInHosts,
    sign_in_hosts,
)
from tests.providers.vault.secret_service import SecretService, secret_service

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
PLAN = """format: 1
source: {kind: heroku, app: acme-clinic}
target: {stack: acme-dedicated, environment: acme-clinic, app: acme-clinic}
"""


class Person:
    """Somebody in an app's folder, with a home, a keyring (or none) and two accounts."""

    def __init__(self, environ: dict[str, str], folder: Path, hosts: SignInHosts) -> None:
        self.environ = {**environ, **hosts.environ}
        self.folder = folder
        self.hosts = hosts

    def terminal(self, *words: str, **more: str) -> Terminal:
        words = (*words, "--folder", str(self.folder))
        return Terminal(*words, environ={**self.environ, **more})

    def run(self, *words: str, **more: str) -> Ended:
        """Without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "wizard", *words, "--folder", str(self.folder)],
            env={**self.environ, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            cwd=ROOT,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def hosts() -> Iterator[SignInHosts]:
    with sign_in_hosts() as running:
        yield running


@pytest.fixture
def app_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "moveday.yaml").write_text(PLAN)
    return folder


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SecretService]:
    with secret_service(tmp_path / "s") as running:
        yield running


@pytest.fixture
def person(service: SecretService, app_folder: Path, hosts: SignInHosts) -> Person:
    return Person(service.environ, app_folder, hosts)


@pytest.fixture
def keyless(tmp_path: Path, app_folder: Path, hosts: SignInHosts) -> Person:
    """No session bus at all."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    nowhere = f"unix:path={tmp_path}/no-bus"
    return Person({**environ, "DBUS_SESSION_BUS_ADDRESS": nowhere}, app_folder, hosts)


def test_both_sides_with_mistakes_on_the_way(person: Person, service: SecretService) -> None:
    hosts = person.hosts
    heroku = hosts.heroku_authorization("identity", "read-protected").secret
    at = person.terminal("sign-in")
    at.answer("Heroku, 1 to 2", "1")
    at.answer("Heroku token", f"{heroku}\nsecond line")
    at.expect("more than one line")
    at.answer("Heroku token", f"{heroku[:30]} {heroku[30:]}")
    at.expect("no spaces and no line breaks; once more")
    at.answer("Heroku token", heroku)
    at.answer("Aptible, 1 to 3", "")
    at.answer("Aptible e-mail", EMAIL)
    at.answer("Aptible password", "canary-wrong-password")
    at.expect("does not accept this e-mail or password; once more")
    at.answer("Aptible e-mail", EMAIL)
    at.answer("Aptible password", PASSWORD)
    at.expect("Aptible asks for a one-time code")
    at.answer("One-time code", hosts.wrong_code())
    at.expect("the code was not accepted")
    at.answer("One-time code", hosts.code())
    at.expect(f"Heroku: {OWNER}")
    at.expect("in the system keyring (GNOME)")
    at.expect("scope   identity read-protected")
    at.expect("! it cannot switch maintenance")
    at.expect(f"Aptible: {EMAIL}")
    at.expect("UTC")
    assert (at.end(), at.sane()) == (0, True)
    at.close()
    heroku_item, aptible_item = (
        service.items(f"moveday/{person.environ[name].partition('//')[2]}")
        for name in ("HEROKU_HOST", "APTIBLE_AUTH_ROOT_URL")
    )
    assert f"secret = {heroku}\n" in heroku_item
    token = aptible_item.partition("secret = ")[2].partition("\n")[0]
    assert token.count(".") == 2
    secrets = {"heroku": heroku, "aptible": token, "password": PASSWORD}
    secrets |= {"wrong password": "canary-wrong-password", "totp": hosts.totp_secret}

    again = person.run("sign-in", "--json")
    assert again.code == 0, again.err
    assert [side["kept"] for side in again.document["sides"]] == [
        "in the system keyring (GNOME)"
    ] * 2
    forgotten = person.run("sign-in", "--forget", "--json")
    assert forgotten.code == 0, forgotten.err
    receipts = {receipt["role"]: receipt for receipt in forgotten.document["receipts"]}
    assert receipts["aptible/access-token"]["revoked"] == "revoked"
    assert receipts["heroku/api-key"]["revoked"] == "not revoked"
    assert "heroku authorizations:revoke" in receipts["heroku/api-key"]["words"]
    assert all(r["deleted"] and r["read_back"] == "nothing" for r in receipts.values())
    for name in ("HEROKU_HOST", "APTIBLE_AUTH_ROOT_URL"):
        assert service.items(f"moveday/{person.environ[name].partition('//')[2]}") == ""
    ended = person.run("sign-in", HEROKU_API_KEY=heroku, APTIBLE_ACCESS_TOKEN=token)
    assert ended.code == 4, "the token was revoked at Aptible"
    assert "wrong, expired or revoked" in ended.err

    shown = [("terminal", at.seen.encode())]
    for number, run in enumerate((again, forgotten, ended)):
        shown += [(f"out {number}", run.out.encode()), (f"err {number}", run.err.encode())]
    found = search(secrets, [*shown, *files_below(person.folder)])
    found += search(secrets, files_below(Path(person.environ["XDG_DATA_HOME"]) / "moveday"))
    assert found == []
    journal = (person.folder / ".moveday" / "journal.jsonl").read_text()
    assert '"forget/aptible/access-token"' in journal
    assert '"read_back":"nothing"' in journal


def test_ctrl_c_at_a_hidden_question(person: Person) -> None:
    at = person.terminal("sign-in")
    at.answer("Heroku, 1 to 2", "1")
    at.expect("Heroku token (not shown): ")
    at.press("half-a-canary\x03")
    assert at.end() == 130
    assert at.sane()
    assert "half-a-canary" not in at.seen
    at.close()
    assert person.run("sign-in").code == 4, "nothing was kept"


def test_three_wrong_codes_end_it_in_clear_words(app_folder: Path, keyless: Person) -> None:
    with sign_in_hosts(security_key=True) as strict:
        key = strict.heroku_authorization().secret
        lost = Person(keyless.environ, app_folder, strict)
        at = lost.terminal("sign-in", "--session-only", HEROKU_API_KEY=key)
        at.answer("Aptible, 1 to 3", "1")
        at.answer("Aptible e-mail", EMAIL)
        at.answer("Aptible password", PASSWORD)
        at.expect("a security key, too: moveday cannot use it")
        for _ in range(3):
            at.answer("One-time code", strict.wrong_code())
        at.expect("not signed in to Aptible")
        assert at.end() == 4
        at.close()


def test_without_a_keyring_a_person_chooses_and_a_program_is_told(keyless: Person) -> None:
    token = keyless.hosts.aptible.issue().text
    key = keyless.hosts.heroku_authorization().secret
    words = ("sign-in", "--aptible-token-env", "MY_TOKEN")
    told = keyless.run(*words, MY_TOKEN=token, HEROKU_API_KEY=key, SSH_CONNECTION="1 2 3 4")
    assert told.code == 4
    assert "there is no system keyring here" in told.err
    assert "ssh session" in told.err
    assert "--session-only" in told.err
    only = keyless.run(*words, "--session-only", "--json", MY_TOKEN=token, HEROKU_API_KEY=key)
    assert only.code == 0, only.err
    assert [side["kept"] for side in only.document["sides"]] == [
        "from the environment",
        "this session only, in memory",
    ]
    at = keyless.terminal(*words, MY_TOKEN=token, HEROKU_API_KEY=key)
    at.answer("[r] try again, [s] this session only", "r")
    at.answer("[r] try again, [s] this session only", "s")
    at.expect("this session only, in memory")
    assert at.end() == 0
    at.close()


def test_a_sandboxed_sso_organization_is_named_with_what_to_do(
    app_folder: Path, keyless: Person
) -> None:
    with sign_in_hosts(sso="Northwind Health") as strict:
        lost = Person(keyless.environ, app_folder, strict)
        words = ("sign-in", "--session-only", "--json", "--aptible-token-env", "T")
        key = strict.heroku_authorization().secret
        mine, sso = strict.aptible.issue().text, strict.aptible.issue_sso().text
        seen = lost.run(*words, T=mine, HEROKU_API_KEY=key)
        (gap,) = seen.document["sides"][1]["gaps"]
        assert "“Northwind Health” is not seen with this token: sign in with single sign-on" in gap
        seen = lost.run(*words, T=sso, HEROKU_API_KEY=key)
        (gap,) = seen.document["sides"][1]["gaps"]
        assert "“Acme Clinic” is not seen" in gap
        assert seen.document["sides"][1]["account"] == EMAIL
        old = strict.aptible.issue(lifetime=-60).text
        ended = lost.run(*words, T=old, HEROKU_API_KEY=key)
        assert ended.code == 4
        assert "has expired" in ended.err


def test_through_the_official_client_moveday_gets_a_token_of_its_own(
    person: Person, tmp_path: Path
) -> None:
    """A stand-in for the client prints what `heroku auth:token` prints; netrc is read for real."""
    hosts = person.hosts
    bare = {"PATH": str(tmp_path / "empty"), "APTIBLE_ACCESS_TOKEN": hosts.aptible.issue().text}
    none = person.run("sign-in", "--heroku-from-cli", **bare)
    assert none.code == 4
    assert "no program `heroku` on PATH" in none.err
    netrc = Path(person.environ["HOME"]) / ".netrc"
    host = person.environ["HEROKU_HOST"].partition("//")[2]
    netrc.write_text(f"machine {host}\n  login {OWNER}\n  password {hosts.heroku_token}\n")
    netrc.chmod(0o600)
    done = person.run("sign-in", "--heroku-from-cli", "--json", **bare)
    assert done.code == 0, done.err
    side = done.document["sides"][0]
    assert side["scopes"] == ["identity", "read-protected", "write-protected"]
    assert side["expires"]
    assert "kept only that" in done.err
    assert hosts.heroku_token not in done.out + done.err
    again = person.run("sign-in", "--json", **bare)
    assert again.document["sides"][0]["expires"] == side["expires"]
    made = hosts.heroku.tokens[-1]
    assert made.description == "moveday"
    forgotten = person.run("sign-in", "--forget", "--heroku-from-cli", "--json", **bare)
    receipt = next(r for r in forgotten.document["receipts"] if r["role"] == "heroku/api-key")
    assert receipt["revoked"] == "revoked", receipt
    assert made not in hosts.heroku.tokens
    assert any(token.secret == hosts.heroku_token for token in hosts.heroku.tokens)
    assert netrc.read_text().endswith(f"{hosts.heroku_token}\n"), "read only"


def test_a_cut_off_journal_is_found_with_the_keyrings_head(
    person: Person, service: SecretService
) -> None:
    """A command leaves the head in the keyring; then the journal loses its last line."""
    token, key = person.hosts.aptible.issue().text, person.hosts.heroku_authorization().secret
    at = person.terminal("sign-in", "--aptible-token-env", "T", T=token)
    at.answer("Heroku, 1 to 2", "1")
    at.answer("Heroku token", key)
    assert at.end() == 0
    at.close()
    first = person.run("forecast")  # opens the move, and leaves the head
    assert "no keyring keeps it" not in first.err
    assert "fingerprint-key" in service.items("moveday/acme-clinic")
    whole = person.run("verify-journal", "--json")
    assert (whole.code, whole.document["compared_with"]) == (0, "the head in the system keyring")
    copy = person.folder.parent / "copy"
    shutil.copytree(person.folder, copy)
    elsewhere = Person(person.environ, copy, person.hosts).run("verify-journal", "--json")
    assert elsewhere.document["compared_with"] == "nothing (no head is kept)"
    journal = person.folder / ".moveday" / "journal.jsonl"
    head = whole.document["head"]
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:-1]))
    cut = person.run("verify-journal")
    assert cut.code == 5
    assert "is missing or was rewritten" in cut.out
    assert "the journal's end is missing" in person.run("forecast").err
    assert f'"kept":"{head}"' in journal.read_text(), "a head is no secret"


def test_a_locked_keyring_stops_who_needs_it_and_nobody_else(
    person: Person, service: SecretService
) -> None:
    token, key = person.hosts.aptible.issue().text, person.hosts.heroku_authorization().secret
    kept = person.run("sign-in", "--aptible-token-env", "T", T=token, HEROKU_API_KEY=key)
    assert kept.code == 0, kept.err
    service.lock()
    needs = person.run("forecast", HEROKU_API_KEY=key)
    assert needs.code == 4
    assert "the keyring is locked" in needs.err
    assert "--session-only" in needs.err
    needs_not = person.run("forecast", HEROKU_API_KEY=key, APTIBLE_ACCESS_TOKEN=token)
    assert "the journal's head is" in needs_not.err
    assert "locked" not in needs_not.err
