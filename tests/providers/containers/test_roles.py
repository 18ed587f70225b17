"""What each service is for: told by its image, its Dockerfile's base, its variables, a label."""

from pathlib import Path

import pytest

from tests.providers.sources.compose.test_look import becomes, clinic, looked
from wizard.formats.database_image import engine_of
from wizard.formats.errors import FormatError
from wizard.formats.image_kind import kind_of_image


@pytest.mark.parametrize(
    ("image", "engine"),
    [
        ("postgres:16-alpine", "postgres"),
        ("registry.example.net:5000/base/postgres@sha256:0123", "postgres"),
        ("bitnami/postgresql:15", "postgres"),
        ("rhel9/postgresql-15", "postgres"),
        ("postgis/postgis:16-3.4", "postgres"),
        ("timescale/timescaledb-ha:pg16", "postgres"),
        ("pgvector/pgvector:pg17", "postgres"),
        ("supabase/postgres:15.8", "postgres"),
        ("valkey/valkey:9-alpine", "redis"),
        ("example/oracle-18-xe-micro", "oracle"),
        ("example/azurite", "object store"),
        ("supabase/postgres-meta:v0.95.2", ""),
        ("example/postgres-operator", ""),
        ("example/postgres-exporter", ""),
        ("prometheuscommunity/postgres_exporter", ""),
        ("example/postgres-backup-s3", ""),
        ("cloudnative-pg/cloudnative-pg", ""),
        ("example/redis-commander", ""),
        ("example/mysql-backup", ""),
    ],
)
def test_only_what_is_called_like_the_engine_is_one(image: str, engine: str) -> None:
    assert engine_of(image) == engine


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        ("bytemark/smtp", "mail"),
        ("axllent/mailpit", "mail"),
        ("greenmail/standalone:2", "mail"),
        ("example/standalone", "app"),
        ("oliver006/redis_exporter", "tool"),
        ("example/visualizer:stable", "tool"),
        ("example/web", "app"),
    ],
)
def test_mail_relays_and_tools_by_their_names(image: str, kind: str) -> None:
    assert kind_of_image(image) == kind


BUILT = """
services:
  web:
    build: {context: ., dockerfile: docker/web/Dockerfile}
    image: clinic_web
  db:
    build: {context: ., dockerfile: docker/db/Dockerfile}
    image: clinic_db
    volumes: ["pg:/var/lib/postgresql/18/docker", "pg_backups:/backups"]
  edge:
    build: {context: ., dockerfile: docker/edge/Dockerfile}
    image: clinic_edge
    ports: ["80:80", "443:443", "5555:5555"]
  flower:
    image: clinic_web
    command: /start-flower
volumes: {pg: {}, pg_backups: {}}
"""
EDGE = """
entryPoints:
  web: {address: ':80'}
  websecure: {address: ':443'}
  flower: {address: ':5555'}
http:
  routers:
    app:
      rule: 'Host(`clinic.example.com`) || Host(`www.clinic.example.com`)'
      entryPoints: [websecure]
      service: web
    flower: {rule: 'Host(`clinic.example.com`)', entryPoints: [flower], service: flower}
  services:
    web: {loadBalancer: {servers: [{url: 'http://web:5000'}]}}
    flower: {loadBalancer: {servers: [{url: 'http://flower:5555'}]}}
"""


def built(folder: Path) -> None:
    files = {
        "docker/web/Dockerfile": "FROM python:3.13 AS base\nFROM base\n",
        "docker/db/Dockerfile": "ARG PG=18\nFROM docker.io/postgres:${PG}\n",
        "docker/edge/Dockerfile": "FROM docker.io/traefik:v3\n"
        "COPY ./docker/edge/traefik.yml /etc/traefik\n",
        "docker/edge/traefik.yml": EDGE,
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def test_a_built_image_is_what_its_dockerfile_starts_from(tmp_path: Path) -> None:
    built(tmp_path)
    found, mapping = looked(tmp_path, BUILT)
    (database,) = found.databases
    assert (database.version, database.keeps) == ("18", "pg")
    assert becomes(mapping, "processes")["edge"] == ("replaced", "B5")
    # The proxy's own file tells the names; what has a port of its own is no other site of theirs.
    assert [(d.hostname, d.process, d.port) for d in found.domains] == [
        ("clinic.example.com", "web", 5000),
        ("www.clinic.example.com", "web", 5000),
    ]
    assert [(e.process, e.port) for e in found.entries] == [("web", 5000), ("flower", 5555)]


STACK = """
services:
  reverse_proxy:
    image: example/clinic_reverse_proxy
    ports: ["80:80", "443:443"]
    secrets: [edge_key]
  database:
    image: example/clinic_db
    environment: {POSTGRES_USER: clinic, POSTGRES_DB: clinic, POSTGRES_DB_PASSWORD_FILE: /run/x}
  web:
    image: example/clinic
    environment: {POSTGRES_USER: clinic, POSTGRES_DB: clinic, POSTGRES_HOST: database}
  look:
    image: example/visualizer
    ports: ["8001:8080"]
    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
secrets: {edge_key: {external: true}}
"""


def test_a_stack_names_images_that_tell_nothing(tmp_path: Path) -> None:
    front = tmp_path / "reverse_proxy"
    front.mkdir()
    (front / "Dockerfile").write_text("FROM nginx:alpine\nCOPY nginx.conf /etc/nginx/nginx.conf\n")
    (front / "nginx.conf").write_text(
        "server {\n listen 80;\n server_name clinic.example.com;\n return 301 https://x;\n}\n"
        "server {\n listen 443;\n server_name clinic.example.com;\n"
        " location / {\n  proxy_pass http://web:8080;\n }\n}\n"
    )
    found, mapping = looked(tmp_path, STACK)
    assert [d.name for d in found.databases] == ["database"]
    database = next(i for i in mapping.items if i.group == "databases")
    assert "taken for one by POSTGRES_USER, POSTGRES_DB" in database.today
    processes = becomes(mapping, "processes")
    assert processes["reverse_proxy"] == ("replaced", "B5")
    assert processes["look"] == ("not carried over", "B18")
    assert [(d.hostname, d.process, d.port) for d in found.domains] == [
        ("clinic.example.com", "web", 8080)
    ]
    assert not found.mounted_files


def test_a_proxy_without_any_file_is_told_by_name_and_ports(tmp_path: Path) -> None:
    found = clinic(tmp_path, STACK)
    said = next(w for w in found.wishes if w.process == "reverse_proxy")
    assert (said.kind, "by its name and its ports" in said.value) == ("proxy", True)


def test_an_app_that_asks_a_database_is_none(tmp_path: Path) -> None:
    text = (
        "services:\n  web-db:\n    image: example/web\n    environment:"
        " {POSTGRES_USER: a, POSTGRES_HOST: db}\n"
        "  api:\n    image: example/api\n    environment: {POSTGRES_USER: a, POSTGRES_DB: b}\n"
    )
    assert clinic(tmp_path, text).databases == ()


def test_a_label_says_what_a_service_is(tmp_path: Path) -> None:
    text = (
        "services:\n  a: {image: example/a, labels: {moveday.role: postgres}}\n"
        "  b: {image: postgres, labels: {moveday.role: app}}\n"
        "  c: {image: example/c, labels: {moveday.role: none}}\n"
    )
    found, mapping = looked(tmp_path, text)
    assert [(d.name, d.engine) for d in found.databases] == [("a", "postgres")]
    assert [p.name for p in found.processes] == ["b"]
    assert becomes(mapping, "processes")["c"] == ("dropped", "B14")
    with pytest.raises(FormatError, match=r"moveday\.role of c"):
        clinic(tmp_path, text.replace("role: none", "role: nothing"))


def test_a_mail_relay_is_left_to_a_provider(tmp_path: Path) -> None:
    text = (
        "services:\n  mail: {image: bytemark/smtp, restart: always}\n"
        "  web: {image: example/web, environment: {SMTP_HOST: mail}}\n"
    )
    _, mapping = looked(tmp_path, text)
    assert becomes(mapping, "processes")["mail"] == ("replaced", "B13")
    assert becomes(mapping, "hosts") == {"SMTP_HOST → mail": ("rewritten", "H24")}


def test_what_only_works_on_a_databases_data_is_none(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian:12\n")
    text = (
        "services:\n  db: {image: 'postgres:16', volumes: ['pg:/var/lib/postgresql/data']}\n"
        "  backup: {build: ., restart: 'no', volumes: ['pg:/var/lib/postgresql/data']}\n"
        "volumes: {pg: {}}\n"
    )
    found, _ = looked(tmp_path, text)
    assert [d.name for d in found.databases] == ["db"]


def test_a_tool_that_steers_the_engine_is_not_to_be_deployed_later(tmp_path: Path) -> None:
    socket = "volumes: ['/var/run/docker.sock:/var/run/docker.sock']"
    text = (
        "services:\n  web: {image: 'a/b', ports: ['80:80']}\n"
        f"  updates: {{image: containrrr/watchtower, {socket}}}\n"
    )
    _, mapping = looked(tmp_path, text)
    assert becomes(mapping, "processes")["updates"] == ("not carried over", "B18")
