"""Whose user, password, name or port is it? By the name beside an address, else by the value."""

from pathlib import Path

import pytest

from tests.providers.containers.looked import facts, led

ONE_PASSWORD_FOR_ALL = """
services:
  api:
    image: api:1
    depends_on: [db, cache]
    environment:
      CLINIC_DATABASE_HOST: db
      CLINIC_DATABASE_PORT: 5432
      CLINIC_DATABASE_DBNAME: clinic
      CLINIC_DATABASE_USERNAME: clinic
      CLINIC_DATABASE_PASSWORD: clinic
      CLINIC_REDIS_HOST: cache
      CLINIC_REDIS_PORT: 6379
      CLINIC_REDIS_PASSWORD: clinic
      CLINIC_MAIL_USER: clinic
      CLINIC_MAIL_PASSWORD: clinic
  db:
    image: postgres:16
    environment: {POSTGRES_USER: clinic, POSTGRES_PASSWORD: clinic}
  cache:
    image: redis:7
    command: redis-server --requirepass clinic
"""


def test_what_stands_beside_an_address_goes_before_what_only_begins_alike(tmp_path: Path) -> None:
    assert led(tmp_path, ONE_PASSWORD_FOR_ALL) == {
        "CLINIC_DATABASE_HOST": "db",
        "CLINIC_REDIS_HOST": "cache",
        "CLINIC_DATABASE_PORT": "port of db",
        "CLINIC_DATABASE_DBNAME": "name of db",
        "CLINIC_DATABASE_USERNAME": "user of db",
        "CLINIC_DATABASE_PASSWORD": "password of db",
        "CLINIC_REDIS_PORT": "port of cache",
        "CLINIC_REDIS_PASSWORD": "password of cache",
    }


@pytest.mark.parametrize(
    "server",
    [
        "command: redis-server --requirepass planted-1",
        "command: [redis-server, --requirepass, planted-1]",
        "command: ['sh', '-c', 'redis-server --requirepass $$REDIS_PW']\n"
        "    environment: {REDIS_PW: planted-1}",
        "command: sh -c 'exec redis-server --requirepass \"$$REDIS_PW\"'\n"
        "    environment: {REDIS_PW: planted-1}",
        "environment: {REDIS_PASSWORD: planted-1}",
    ],
)
def test_the_password_a_redis_asks_for_is_known_by_its_command(tmp_path: Path, server: str) -> None:
    found = led(
        tmp_path,
        "services:\n  web:\n    image: a:1\n    environment:\n      REDIS_HOST: cache\n"
        "      REDIS_AUTH: planted-1\n      REDIS_DB: '1'\n      BASIC_AUTH: 'true'\n"
        f"  cache:\n    image: redis:7\n    {server}\n",
    )
    assert found == {"REDIS_HOST": "cache", "REDIS_AUTH": "password of cache"}


def test_the_kind_of_a_database_is_no_name_of_one(tmp_path: Path) -> None:
    found = led(
        tmp_path,
        "services:\n  auth:\n    image: a:1\n    environment:\n"
        "      AUTH_DB_DRIVER: postgres\n      AUTH_DB_URL: postgres://one:x@db:5432/postgres\n"
        "      DB_TYPE: postgres\n      GATE_DATABASE: postgres\n      AUTH_DB_MAX_PORTS: 5432\n"
        "  db: {image: 'postgres:16', environment: {POSTGRES_DB: postgres}}\n",
    )
    assert found == {"AUTH_DB_URL": "db"}


def test_a_login_without_an_address_is_the_old_databases_all_the_same(tmp_path: Path) -> None:
    found = led(
        tmp_path,
        "services:\n  photos:\n    image: a:1\n    depends_on: [database]\n    environment:\n"
        "      DB_HOSTNAME: ''\n      DB_USERNAME: postgres\n      DB_PASSWORD: planted-2\n"
        "      DB_DATABASE_NAME: photos\n      MAIL_PASSWORD: planted-2\n"
        "  database:\n    image: postgres:16\n    environment: {POSTGRES_PASSWORD: planted-2,"
        " POSTGRES_USER: postgres, POSTGRES_DB: photos}\n",
    )
    assert found == {
        "DB_USERNAME": "user of database",
        "DB_PASSWORD": "password of database",
        "DB_DATABASE_NAME": "name of database",
    }


def test_the_parts_of_which_an_address_was_made_are_the_databases_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "POSTGRES_USER=me\nPOSTGRES_PASSWORD=planted-3\nPOSTGRES_DB=book\nMAIL_PASSWORD=planted-4\n"
    )
    found = led(
        tmp_path,
        "services:\n  web:\n    image: a:1\n    env_file: .env\n    environment:\n"
        "      DATABASE_URL: postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@database/"
        "${POSTGRES_DB}\n  database: {image: postgres, env_file: .env}\n",
    )
    assert found == {
        "DATABASE_URL": "database",
        "POSTGRES_USER": "user of database",
        "POSTGRES_PASSWORD": "password of database",
        "POSTGRES_DB": "name of database",
    }


def test_both_keys_of_an_object_store_go_with_its_address(tmp_path: Path) -> None:
    found = led(
        tmp_path,
        "services:\n  web:\n    image: a:1\n    environment:\n"
        "      APP_S3_MEDIA_ENDPOINT: http://store:9000\n"
        "      APP_S3_MEDIA_ACCESS_KEY_ID: minio\n      APP_S3_MEDIA_SECRET_ACCESS_KEY: planted-5\n"
        "  store:\n    image: minio/minio\n    command: server /data\n"
        "    environment: {MINIO_ROOT_USER: minio, MINIO_ROOT_PASSWORD: planted-5}\n",
    )
    assert found == {
        "APP_S3_MEDIA_ENDPOINT": "store",
        "APP_S3_MEDIA_ACCESS_KEY_ID": "user of store",
        "APP_S3_MEDIA_SECRET_ACCESS_KEY": "password of store",
    }


def test_one_value_of_two_databases_is_no_certain_part_of_either(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        "services:\n  web:\n    image: a:1\n    depends_on: [one, two]\n"
        "    environment: {DB_PASSWORD: planted-6}\n"
        "  one: {image: 'postgres:16', environment: {POSTGRES_PASSWORD: planted-6}}\n"
        "  two: {image: 'postgres:16', environment: {POSTGRES_PASSWORD: planted-6}}\n",
    )
    assert [(r.to, r.perhaps) for r in found.references] == [
        ("one", "its value is that of one and of two")
    ]
    assert "planted" not in found.model_dump_json()


def test_the_login_of_a_host_elsewhere_is_not_the_projects(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        "services:\n  web:\n    image: a:1\n    environment:\n"
        "      {DB_HOST: db, DB_PASSWORD: planted-7}\n"
        "  report:\n    image: b:1\n    environment:\n      DB_HOST: far.example\n"
        "      DB_PASSWORD: planted-7\n"
        "  db: {image: 'postgres:16', environment: {POSTGRES_PASSWORD: planted-7}}\n",
    )
    assert [(r.app, r.variable, r.part) for r in found.references] == [
        ("web", "DB_HOST", "address"),
        ("web", "DB_PASSWORD", "password"),
    ]


def test_a_secret_of_the_apps_own_is_no_password_whatever_its_value(tmp_path: Path) -> None:
    found = led(
        tmp_path,
        "services:\n  api:\n    image: a:1\n    depends_on: [db]\n    environment:\n"
        "      POSTGRES_SERVER: db\n      POSTGRES_PASSWORD: planted-8\n"
        "      SECRET_KEY: planted-8\n      AUTH_SECRET: planted-8\n      APP_KEY: planted-8\n"
        "      SECRET_KEY_BASE: planted-8\n      POSTGRES_SECRET_KEY: planted-8\n"
        "  db: {image: 'postgres:16', environment: {POSTGRES_PASSWORD: planted-8}}\n",
    )
    assert found == {"POSTGRES_SERVER": "db", "POSTGRES_PASSWORD": "password of db"}


def test_keys_without_an_address_are_an_object_stores_only_as_a_pair(tmp_path: Path) -> None:
    text = (
        "services:\n  web:\n    image: a:1\n    depends_on: [store]\n    environment:\n"
        "      ENDPOINT: http://store:9000\n      SECRET_KEY: planted-9\n{more}"
        "  store:\n    image: minio/minio\n"
        "    environment: {{MINIO_ROOT_USER: planted-8, MINIO_ROOT_PASSWORD: planted-9}}\n"
    )
    assert led(tmp_path, text.format(more="")) == {"ENDPOINT": "store"}
    assert led(tmp_path, text.format(more="      ACCESS_KEY: planted-8\n")) == {
        "ENDPOINT": "store",
        "ACCESS_KEY": "user of store",
        "SECRET_KEY": "password of store",
    }
