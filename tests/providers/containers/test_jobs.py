"""Which services run once and end, where Compose is told nothing of starting them again."""

from pathlib import Path

import pytest

from tests.providers.sources.compose.test_look import becomes, clinic, looked
from wizard.model.inventory import Process
from wizard.rules.processes import is_singleton

NEIGHBOUR = "  web: {image: example/web, restart: always}\n"


@pytest.mark.parametrize(
    ("service", "job"),
    [
        # What does one thing and ends, by its last command.
        ("fixer: {image: 'bash:4', command: 'chown 9999 -R /media'}", True),
        ("b: {image: x/mc, entrypoint: '/bin/sh -c \" mc mb s/b; exit 0; \"'}", True),
        ("b: {image: x/mc, command: sh -c 'chown 1 /data && exec server'}", False),
        # A name, where its neighbours are started again and it is not.
        ("migrate: {image: example/web, command: rails db:migrate}", True),
        ("migrate: {image: example/web, command: rails db:migrate, restart: always}", False),
        ("setup: {image: example/web, command: npm start}", False),
        ("seeder: {image: example/web, command: ./bin/seed, restart: on-failure}", True),
        ("portal: {image: example/portal, command: ./bin/go, restart: on-failure}", False),
        ("worker: {image: example/web, command: sh -c 'npm install && npm start'}", False),
        ("init: {image: example/web, command: go, ports: ['80:80']}", False),
    ],
)
def test_what_runs_once(tmp_path: Path, service: str, job: bool) -> None:
    found = clinic(tmp_path, f"services:\n{NEIGHBOUR}  {service}\n")
    (other,) = (p for p in found.processes if p.name != "web")
    assert other.job == job


def test_a_name_alone_says_nothing_where_nothing_is_started_again(tmp_path: Path) -> None:
    text = "services:\n  web: {image: a/b}\n  migrate: {image: a/b, command: rails db:migrate}\n"
    assert not any(p.job for p in clinic(tmp_path, text).processes)


def test_a_client_program_without_a_command_is_a_tool(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM docker.io/amazon/aws-cli:2\n")
    _, mapping = looked(tmp_path, "services:\n  awscli: {build: .}\n")
    assert becomes(mapping, "processes") == {"awscli": ("not carried over", "B7")}


@pytest.mark.parametrize(
    ("name", "command"),
    [
        *(
            ("celerybeat", "go"),
            ("b", "/start-celerybeat"),
            ("beat", ""),
            ("celery-beat-worker", ""),
        ),
        *(("w", "celery -A clinic worker -l info -B"), ("w", "celery worker --beat")),
    ],
)
def test_a_clock_never_runs_twice(name: str, command: str) -> None:
    process = Process(name=name, command=command, quantity=1, size="", where="x")
    assert is_singleton(process)
    assert not is_singleton(process.model_copy(update={"name": "heartbeat", "command": "beatbox"}))
