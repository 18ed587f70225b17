"""Databases in containers: version, data, settings of their own, what the image brings."""

from pathlib import Path

import pytest

from tests.providers.containers.looked import mapped
from tests.providers.sources.compose.test_look import becomes, clinic, looked
from wizard.formats.database_image import extensions_in, version_in


@pytest.mark.parametrize(
    ("service", "keeps"),
    [
        ("{image: redis, volumes: ['./healthchecks:/healthchecks']}", ""),
        ("{image: redis, volumes: ['./redis.conf:/redis.conf', 'kept:/data']}", "kept"),
        ("{image: postgres, volumes: ['./pg:/pg'], environment: {PGDATA: /pg/inner}}", "./pg"),
        ("{image: postgres, volumes: ['kept:/somewhere']}", "kept"),
        ("{image: postgres, volumes: ['backups:/backups']}", ""),
        ("{image: minio/minio, command: server /files, volumes: ['./m:/files']}", "./m"),
    ],
)
def test_data_is_what_lies_in_the_engines_own_folder(
    tmp_path: Path, service: str, keeps: str
) -> None:
    text = f"services:\n  db: {service}\nvolumes: {{kept: {{}}, backups: {{}}}}\n"
    assert clinic(tmp_path, text).databases[0].keeps == keeps


@pytest.mark.parametrize(
    ("image", "target", "said"),
    [
        ("valkey/valkey:9-alpine", "a managed Redis 8.2:", "Valkey 9 speaks the language of Redis"),
        ("redis:7-alpine", "a managed Redis 7.2:", ""),
        ("postgres:12", "a managed Postgres 14:", "do not name 12 (they name 14 to 17)"),
        ("postgres:16.3", "a managed Postgres 16:", ""),
        ("postgres:18", "a managed Postgres 18:", "shows whether 18 is there"),
    ],
)
def test_the_version_is_one_that_aptibles_documents_name(
    tmp_path: Path, image: str, target: str, said: str
) -> None:
    _, mapping = looked(tmp_path, f"services:\n  db: {{image: '{image}'}}\n")
    item = next(i for i in mapping.items if i.group == "databases")
    assert (item.target.startswith(target), said in item.reason) == (True, True)


def test_what_an_image_brings_is_asked_about_as_one_thing(tmp_path: Path) -> None:
    text = "services:\n  db: {image: 'supabase/postgres:15.8.1'}\n"
    _, mapping = looked(tmp_path, text)
    (asked,) = (q.question for q in mapping.questions if q.question.id.startswith("database/"))
    assert asked.text.startswith("Does db use pg_graphql or pg_net")
    assert asked.choices == ("unused", "used")
    _, mapping = looked(tmp_path, text, {asked.id: "used"})
    item = next(i for i in mapping.items if i.group == "databases")
    assert (item.question, "ask Aptible's support" in item.reason) == (None, True)


def test_extensions_and_versions_stand_in_tags_too() -> None:
    assert extensions_in("example/postgres:14-vectorchord0.4.3-pgvectors0.2.0") == (
        "vectors",
        "vchord",
    )
    assert version_in("minio/minio:RELEASE.2022-11-17T23-20-09Z", "object store").startswith("REL")


def test_settings_of_its_own_are_named_and_never_a_value(tmp_path: Path) -> None:
    text = """
services:
  db:
    image: postgres:16
    command: postgres -c default_transaction_isolation=serializable --max_connections=300
    volumes: ["./init.sql:/docker-entrypoint-initdb.d/init.sql", "./pg.conf:/etc/pg.conf"]
  cache:
    image: redis:7
    command: redis-server --requirepass hidden --maxmemory-policy noeviction
"""
    found, mapping = looked(tmp_path, text)
    assert [d.settings for d in found.databases] == [
        (
            "default_transaction_isolation",
            "max_connections",
            "the script ./init.sql",
            "the file ./pg.conf",
        ),
        ("maxmemory-policy",),
    ]
    assert becomes(mapping, "databases")["settings of db"] == ("not carried over", "D15")
    assert "hidden" not in mapping.model_dump_json()


def test_settings_of_a_whole_server_are_not_those_of_one_database(tmp_path: Path) -> None:
    command = "postgres -c wal_level=logical -c shared_buffers=1GB -c work_mem=8MB"
    services = (
        f"services:\n  db: {{image: 'postgres:16', command: {command}}}\n  web: {{image: a}}\n"
    )
    row = next(i for i in mapped(tmp_path, services).items if i.because == "D15")
    assert row.today == "wal_level=logical, shared_buffers, work_mem"
    assert "ALTER SYSTEM SET" in row.target
    assert "ALTER DATABASE" not in row.target
    assert "db:reload for wal_level=logical, shared_buffers, read at a start only" in row.target
    assert "replication slots do not come over" in row.target


@pytest.mark.parametrize(
    ("image", "target", "said"),
    [
        ("mysql:8.0.36", "a managed MySQL 8.0,", ""),
        ("mysql:8", "a managed MySQL 8.4,", ""),
        ("mysql:5.7", "a managed MySQL 8.0,", "do not name 5.7 (they name 8.0 to 8.4)"),
        ("mysql:9.5", "a managed MySQL 8.4,", "below today's 9.5: a dump of yours may not load"),
        ("mysql", "a managed MySQL,", ""),
        ("postgres:9.4", "a managed Postgres 14:", "do not name 9.4 (they name 14 to 17)"),
        ("postgres:12.3", "a managed Postgres 14:", "do not name 12 (they"),
        ("redis:8", "a managed Redis 8.2:", ""),
    ],
)
def test_the_version_of_the_new_one_is_named(
    tmp_path: Path, image: str, target: str, said: str
) -> None:
    services = f"services:\n  db: {{image: '{image}'}}\n  web: {{image: a}}\n"
    row = next(i for i in mapped(tmp_path, services).items if i.name == "db")
    assert row.target.startswith(target)
    assert said in row.reason
