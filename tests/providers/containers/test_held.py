"""What mounted files hold: told by places and names of services, never by a content."""

from pathlib import Path

import pytest

from providers.containers.files import ProjectFiles
from providers.containers.held import Held, Holdings, named_like_a_key

PLANTED = "planted-Kq83-held"
HOSTS = {"db": "db", "cache": "cache", "queue.internal": "queue"}


def held(folder: Path, name: str, text: str) -> Held:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return Holdings(ProjectFiles(folder), HOSTS).of(name.partition("/")[0])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", f'{{"password": "{PLANTED}"}}'),
        ("a.yml", f"db:\n  password: {PLANTED}\n"),
        ("a.conf", f"secret_key = {PLANTED}\n"),
        ("a.js", f'const apiKey = "{PLANTED}";\n'),
        ("a.txt", f"amqp://user:{PLANTED}@broker.example.net/\n"),
        ("a.pem", f"-----BEGIN RSA PRIVATE KEY-----\n{PLANTED}\n"),
        ("tls.key", "anything\n"),
    ],
)
def test_a_key_or_a_password_is_seen(tmp_path: Path, name: str, text: str) -> None:
    found = held(tmp_path, name, text)
    assert found.secrets == (name,)
    assert PLANTED not in repr(found)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.js", "const secret = process.env.API_SECRET;\n"),
        ("a.yml", "password: $DB_PASSWORD\nsecret_key: ${KEY}\n# password: hunter2hunter2\n"),
        ("a.json", '{"passwordFile": "/run/secrets/x", "secret": true, "key": 5}'),
        ("a.exs", '"db_password" => System.get_env("DB_PASSWORD")\n'),
        ("ca.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
    ],
)
def test_what_names_a_secret_without_holding_it_is_none(
    tmp_path: Path, name: str, text: str
) -> None:
    assert held(tmp_path, name, text).secrets == ()


def test_names_of_services_are_seen_where_a_host_stands(tmp_path: Path) -> None:
    text = '{"database": {"host": "db"}, "url": "redis://cache:6379", "about": "a cache of db"}'
    assert held(tmp_path, "a.json", text).names == ("db", "cache")
    assert held(tmp_path, "b.yml", "servers: queue.internal:5672\n").names == ("queue",)
    assert held(tmp_path, "c.yml", "# host: db\nhost: db.example.net\nuse cache\n").names == ()
    assert held(tmp_path, "d/e/f.ini", "host = db\n").names == ("db",)


def test_a_key_that_is_not_there_is_told_by_its_name() -> None:
    assert named_like_a_key("/opt/clinic/cert.p12")
    assert not named_like_a_key("./settings.json")
