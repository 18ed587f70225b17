"""The system keyring, on a real Secret Service: kept and gone, locked, absent, hanging, hostile."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from keyring.backends.SecretService import Keyring as SecretServiceKeyring
from pydantic import SecretStr

from providers.vault.backends import Backend, choose_backend
from providers.vault.move_vault import MoveVault
from providers.vault.names import Names
from providers.vault.system_keyring import PROBE_SERVICE, SystemKeyring
from tests.providers.vault.secret_service import (
    HANGING_PROMPTER,
    SecretService,
    secret_service,
)
from wizard.engine.head import leave_head, missing_tail
from wizard.engine.journal import Journal
from wizard.errors import UsageError
from wizard.ports.vault import VaultUnavailable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs a Secret Service")
ROOT = Path(__file__).parents[3]
HOST = "moveday/api.heroku.com"


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with secret_service(tmp_path / "s") as running:
        lead_to(running, monkeypatch)
        yield running


def lead_to(running: SecretService, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "DBUS_SESSION_BUS_ADDRESS"
    monkeypatch.setenv(name, running.environ[name])


def vault(running: SecretService, app: str = "clinic") -> MoveVault:
    return MoveVault(running.environ, running.folder, app)


def test_what_is_kept_is_found_and_what_is_deleted_is_gone(service: SecretService) -> None:
    ring = SystemKeyring(service.environ)
    ring.probe()
    assert ring.words == "in the system keyring (GNOME)"
    assert PROBE_SERVICE not in service.items(PROBE_SERVICE)
    for user, value in (("dev@clinic.test", "one-canary"), ("é🎈 name", "two\nlines 🎈\n")):
        ring.write(HOST, user, SecretStr(value))
        ring.write(HOST, user, SecretStr(value + "!"))
        found = SystemKeyring(service.environ).read(HOST, user)
        assert found is not None
        assert found.get_secret_value() == value + "!"
    assert service.items(HOST).count("secret = one-canary!") == 1
    assert ring.delete(HOST, "dev@clinic.test")
    assert ring.delete(HOST, "dev@clinic.test"), "deleting what is gone is no error"
    assert ring.delete(HOST, "é🎈 name")
    assert service.items(HOST) == ""


def test_names_that_are_no_text_are_refused(service: SecretService) -> None:
    ring = SystemKeyring(service.environ)
    for name in ("a\0b", "a\nb", "", "\ud800"):
        with pytest.raises(UsageError):
            ring.write(HOST, name, SecretStr("value"))
    assert service.items(HOST) == ""


def test_a_value_over_the_limit_is_refused_before_the_old_one_is_touched(
    service: SecretService,
) -> None:
    def limited() -> Backend | None:
        found = choose_backend()
        return found and Backend(found.ring, "Windows Credential Manager", 1280)

    ring = SystemKeyring(service.environ, choose=limited)
    ring.write(HOST, "u", SecretStr("x" * 1280))
    with pytest.raises(VaultUnavailable, match="too long") as caught:
        ring.write(HOST, "u", SecretStr("🎈" * 641))
    assert "1282" in caught.value.detail
    assert "session-only" in caught.value.hint
    assert ring.read(HOST, "u") == SecretStr("x" * 1280)


def test_a_locked_keyring_says_so_and_memory_goes_on(service: SecretService) -> None:
    kept = vault(service)
    kept.keep(HOST, "dev@clinic.test", "heroku/api-key", SecretStr("HRKU-canary-locked"))
    fresh = vault(service)
    assert fresh.get("heroku", "api-key") == SecretStr("HRKU-canary-locked")
    assert fresh.lasting
    service.lock()
    assert fresh.get("heroku", "api-key") == SecretStr("HRKU-canary-locked")
    with pytest.raises(VaultUnavailable, match="locked"):
        fresh.put("moveday", "journal-head", SecretStr("0" * 64))
    with pytest.raises(VaultUnavailable, match="locked") as caught:
        vault(service).get("heroku", "api-key")
    assert caught.value.kind == "locked"
    assert "HRKU-canary-locked" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "kind", "word"),
    [
        ({"unlocked": False}, "locked", "never unlocked"),
        ({"keyring": False}, "absent", "no system keyring"),
        ({"unlocked": False, "prompter": HANGING_PROMPTER}, "hanging", "did not answer"),
    ],
    ids=["never-unlocked", "absent", "hanging"],
)
def test_a_keyring_that_cannot_be_used_says_why_and_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, object],
    kind: str,
    word: str,
) -> None:
    with secret_service(tmp_path / "s", **settings) as running:  # type: ignore[arg-type]
        lead_to(running, monkeypatch)
        ring = SystemKeyring({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, seconds=0.5)
        with pytest.raises(VaultUnavailable, match=word) as caught:
            ring.probe()
    assert caught.value.kind == kind
    assert "ssh session" in caught.value.detail
    assert "--session-only" in caught.value.hint


def test_a_hanging_keyring_does_not_keep_the_program_from_ending(tmp_path: Path) -> None:
    program = (
        "from providers.vault.system_keyring import SystemKeyring\n"
        "try: SystemKeyring({}, seconds=0.3).probe()\n"
        "except Exception as error: print(error.kind)\n"
    )
    with secret_service(tmp_path / "s", unlocked=False, prompter=HANGING_PROMPTER) as running:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=running.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout.strip()) == (0, "hanging"), done.stderr
    assert time.monotonic() - began < 20, "the bus itself gives up after 25 s"


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "missing.module.Keyring"])
def test_hostile_configuration_changes_nothing_and_runs_nothing(
    tmp_path: Path, backend: str
) -> None:
    """keyring itself would run evil.py, or keep nothing, or fail, or ask for a missing scheme."""
    program = (
        "from pydantic import SecretStr\n"
        "from providers.vault.system_keyring import SystemKeyring\n"
        "ring = SystemKeyring({})\n"
        "ring.probe()\n"
        "ring.write('moveday/x', 'u', SecretStr('kept-canary'))\n"
        "print(ring.words)\n"
    )
    with secret_service(tmp_path / "s") as running:
        evil = tmp_path / "evil"
        evil.mkdir()
        (evil / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
        config = tmp_path / "s" / "home" / "config" / "python_keyring"
        config.mkdir(parents=True)
        (config / "keyringrc.cfg").write_text(
            f"[backend]\ndefault-keyring=evil.Keyring\nkeyring-path={evil}\n"
        )
        hostile = {
            "PYTHON_KEYRING_BACKEND": backend,
            "KEYRING_PROPERTY_SCHEME": "nowhere",
            "KEYRING_PROPERTY_GET_PASSWORD": "not callable",
            "KEYRING_PROPERTY_PREFERRED_COLLECTION": "/evil",
        }
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**running.environ, **hostile},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.stdout.strip() == "in the system keyring (GNOME)", done.stderr
        assert "kept-canary" in running.items("moveday/x")
    assert not (tmp_path / "ran").exists()


def test_two_at_once_lose_nothing(service: SecretService) -> None:
    def work(number: int) -> None:
        mine = vault(service, f"app-{number}")
        mine.probe()
        mine.keep(HOST, f"user-{number}", "heroku/api-key", SecretStr(f"value-canary-{number}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        found = vault(service, f"app-{number}").get("heroku", "api-key")
        assert found == SecretStr(f"value-canary-{number}")
    everything = vault(service, "")
    assert len(everything.kept()) == 4
    assert all(everything.forget(kept) for kept in everything.kept())
    assert everything.kept() == ()
    assert service.items(HOST) == ""


@pytest.mark.parametrize("times", [2, 99])
def test_an_item_lost_to_another_program_is_written_again(
    service: SecretService, times: int
) -> None:
    """GNOME's daemon was seen to answer a create with an item that then did not exist."""

    real: Any = SecretServiceKeyring

    class LosesItems(real):  # type: ignore[misc]
        lost = 0

        def set_password(self, service_name: str, user: str, password: str) -> None:
            super().set_password(service_name, user, password)
            if LosesItems.lost < times:
                LosesItems.lost += 1
                items = self.get_preferred_collection().search_items({"username": user})
                item = next(iter(items))
                item.delete()
                item.get_label()

    def losing() -> Backend:
        return Backend(LosesItems(), "GNOME", None)

    ring = SystemKeyring(service.environ, choose=losing)
    if times == 99:
        with pytest.raises(VaultUnavailable, match="lost an item") as raised:
            ring.write(HOST, "dev@clinic.test", SecretStr("kept-canary"))
        assert "kept-canary" not in str(raised.value) + raised.value.detail
        return
    ring.write(HOST, "dev@clinic.test", SecretStr("kept-canary"))
    assert LosesItems.lost == 2
    assert service.items(HOST).count("secret = kept-canary") == 1


def test_credentials_in_the_environment_never_wake_the_keyring(tmp_path: Path) -> None:
    def never() -> Backend | None:
        raise AssertionError("the keyring was asked")

    environ = {"HEROKU_API_KEY": "HRKU-canary-env", "XDG_DATA_HOME": str(tmp_path)}
    silent = MoveVault(environ, tmp_path, "clinic", keyring=SystemKeyring(environ, choose=never))
    assert silent.get("heroku", "api-key") == SecretStr("HRKU-canary-env")
    assert silent.get("aptible", "access-token") is None
    assert silent.get("moveday", "fingerprint-key") is None
    assert silent.mode == "from the environment"
    assert not silent.lasting
    silent.put("aptible", "access-token", SecretStr("typed-canary"))
    assert silent.get("aptible", "access-token") == SecretStr("typed-canary")
    assert silent.mode == "from the environment; this session only, in memory"


def test_moves_and_accounts_do_not_mix(service: SecretService, tmp_path: Path) -> None:
    one, other = vault(service, "one"), vault(service, "other")
    one.keep(HOST, "a@one.test", "heroku/api-key", SecretStr("canary-of-one"))
    other.keep(HOST, "b@other.test", "heroku/api-key", SecretStr("canary-of-other"))
    one.put("moveday", "fingerprint-key", SecretStr("key-of-one"))
    assert vault(service, "one").get("heroku", "api-key") == SecretStr("canary-of-one")
    late = vault(service, "third")
    assert late.get("heroku", "api-key") == SecretStr("canary-of-other"), "the last signed in"
    assert late.get("moveday", "fingerprint-key") is None
    elsewhere = MoveVault(service.environ, tmp_path / "copy", "one")
    one.put("moveday", "journal-head", SecretStr("a" * 64))
    assert elsewhere.get("moveday", "journal-head") is None
    assert vault(service, "one").get("moveday", "journal-head") == SecretStr("a" * 64)


def test_a_token_of_one_host_is_never_given_to_another(service: SecretService) -> None:
    vault(service, "one").keep(HOST, "a@one.test", "heroku/api-key", SecretStr("canary-real"))
    role = "heroku/api-key"
    sandbox = MoveVault(service.environ, service.folder, "one", hosts={role: "127.0.0.1:40001"})
    assert sandbox.get("heroku", "api-key") is None
    host = HOST.removeprefix("moveday/")
    real = MoveVault(service.environ, service.folder, "one", hosts={role: host})
    assert real.get("heroku", "api-key") == SecretStr("canary-real")


def test_what_was_given_leaves_the_keyring_when_it_is_deleted(service: SecretService) -> None:
    account = "value/clinic/PARTNER_KEY"
    vault(service).put("moveday", account, SecretStr("canary-given"))
    later = vault(service)
    later.put("moveday", "fingerprint-key", SecretStr("key"))
    assert later.get("moveday", account) == SecretStr("canary-given")
    later.delete("moveday", account)
    assert "canary-given" not in service.items("moveday/clinic")
    assert [kept.user for kept in later.kept()] == ["fingerprint-key"]
    later.delete("moveday", account)


def test_the_list_of_names_holds_no_value(service: SecretService) -> None:
    kept = vault(service)
    kept.keep(HOST, "dev@clinic.test", "heroku/api-key", SecretStr("HRKU-canary-names"))
    files = list(kept.names.folder.iterdir())
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600]
    assert "HRKU-canary-names" not in files[0].read_text()
    assert [k.user for k in Names(kept.names.folder).all()] == ["dev@clinic.test"]
    (kept.names.folder / "broken.json").write_text("{")
    assert len(Names(kept.names.folder).all()) == 1


def test_a_keyring_locked_in_the_middle_leaves_the_head_to_the_person(
    service: SecretService, tmp_path: Path
) -> None:
    kept = vault(service)
    kept.keep(HOST, "dev@clinic.test", "heroku/api-key", SecretStr("HRKU-canary-middle"))
    with Journal.open(tmp_path / ".moveday") as journal:
        journal.append("opened", key="cutover")
        assert leave_head(journal, kept) == ""
        assert missing_tail(journal, kept) == ""
        service.lock()
        journal.append("done", key="cutover")
        told = leave_head(journal, kept)
        assert "locked" in told
        assert "went on with what it had in memory" in told
        assert journal.head in told
    assert kept.get("heroku", "api-key") == SecretStr("HRKU-canary-middle")
