"""What a project asks of its platform, row by row: shown with its value, and what becomes of it."""

import json
from pathlib import Path

import pytest

from tests.providers.sources.compose.test_look import looked
from tests.providers.sources.compose.test_swarm import looked as looked_at
from tests.wizard.formats.swarm_listing import service as printed
from wizard.model.mapping import MappedItem, Mapping


def row(mapping: Mapping, name: str) -> MappedItem:
    return next(i for i in mapping.items if i.name == name)


@pytest.mark.parametrize(
    ("service", "name", "today", "because"),
    [
        ("user: '1000:1000'", "user of s", "1000:1000", "B10"),
        ("working_dir: /srv", "working_dir of s", "/srv", "B10"),
        ("stop_signal: SIGINT", "stop_signal of s", "SIGINT", "B10"),
        ("stop_grace_period: 40s", "stop_grace_period of s", "40s", "B10"),
        ("cpus: 0.5", "cpus of s", "0.5", "B12"),
        ("deploy: {resources: {limits: {cpus: '2', pids: 100}}}", "cpus of s", "2", "B12"),
        ("deploy: {resources: {limits: {cpus: '2', pids: 100}}}", "pids of s", "100", "B10"),
        ("logging: {driver: syslog}", "logging of s", "syslog", "B9"),
        (
            "deploy: {placement: {constraints: [node.role==worker, node.labels.x==y]}}",
            "placement of s",
            "node.role==worker, node.labels.x==y",
            "B3",
        ),
    ],
)
def test_a_wish_shows_its_value(
    tmp_path: Path, service: str, name: str, today: str, because: str
) -> None:
    _, mapping = looked(tmp_path, f"services:\n  s:\n    image: a\n    {service}\n")
    assert (row(mapping, name).today, row(mapping, name).because) == (today, because)


def test_the_same_from_what_docker_printed(tmp_path: Path) -> None:
    listing = tmp_path / "services.json"
    container = {"Image": "a:1", "User": "1000", "Dir": "/srv", "StopSignal": "SIGINT"}
    task = {
        "LogDriver": {"Name": "syslog", "Options": {}},
        "Resources": {"Limits": {"Pids": 100}},
    }
    listing.write_text(json.dumps([printed("s", container, task=task)]))
    _, mapping = looked_at(tmp_path, listing)
    shown = {i.name: i.today for i in mapping.items if i.name.endswith(" of s")}
    assert shown == {
        "user of s": "1000",
        "working_dir of s": "/srv",
        "stop_signal of s": "SIGINT",
        "logging of s": "syslog",
        "pids of s": "100",
    }


@pytest.mark.parametrize(
    ("timing", "said"),
    [
        ("interval: 10s, retries: 3", ""),
        ("start_period: 4m, interval: 10s, retries: 6", "RELEASE_HEALTHCHECK_TIMEOUT=300"),
        (
            "start_period: 20m",
            "RELEASE_HEALTHCHECK_TIMEOUT=900, as long as it may take today (1290",
        ),
        ("timeout: 40s", "an answer may take 40 s today"),
    ],
)
def test_the_patience_of_a_health_check(tmp_path: Path, timing: str, said: str) -> None:
    _, mapping = looked(
        tmp_path,
        "services:\n  s:\n    image: a\n    ports: ['80:8000']\n"
        f"    healthcheck: {{test: curl -f http://localhost:8000/up, {timing}}}\n",
    )
    target = row(mapping, "health check of s").target
    assert (said in target) if said else ("TIMEOUT" not in target)


def test_one_that_must_never_run_twice_and_has_an_endpoint(tmp_path: Path) -> None:
    single = "deploy: {replicas: 1, update_config: {order: stop-first}}"
    text = f"services:\n  s:\n    image: a\n    {single}\n"
    _, mapping = looked(tmp_path, text)
    reasons = [i.reason for i in mapping.items if i.group == "processes"]
    assert "a service without an endpoint is stopped" in reasons[0]
    _, mapping = looked(tmp_path, f"{text}    ports: ['80:80']\n")
    reasons = [i.reason for i in mapping.items if i.group == "processes"]
    assert "it has an endpoint, so at a deploy the next one starts before it ends" in reasons[0]


@pytest.mark.parametrize(
    ("written", "mode"),
    [("0440", 0o440), ("0o400", 0o400), ("288", 288), ("'0440'", 0o440), ("rw", 0o444)],
)
def test_the_mode_of_a_mounted_file(tmp_path: Path, written: str, mode: int) -> None:
    found, _ = looked(
        tmp_path,
        "services:\n  s:\n    image: a\n    secrets:\n"
        f"      - {{source: k, target: /etc/k.pem, mode: {written}, uid: '1000', gid: '0'}}\n"
        "secrets: {k: {external: true}}\n",
    )
    (file,) = found.mounted_files
    assert (file.mode, file.uid, file.gid, file.target) == (mode, "1000", "", "/etc/k.pem")


def test_lines_of_a_script_stay_apart(tmp_path: Path) -> None:
    text = 'services:\n  s:\n    image: a\n    command: |\n      sh -c "echo a\n      echo b"\n'
    found, _ = looked(tmp_path, text)
    assert found.processes[0].command == "sh -c 'echo a\necho b'"


def test_one_on_every_node_is_counted_by_a_person(tmp_path: Path) -> None:
    text = "services:\n  s: {image: a, deploy: {mode: global}}\n"
    for answer, because, target in (
        ("", "P10", "1 × "),
        ("3", "P14", "3 × "),
        ("99", "P10", "1 ×"),
    ):
        _, mapping = looked(tmp_path, text, {"count/s": answer} if answer else {})
        found = next(i for i in mapping.items if i.group == "processes")
        assert (found.because, found.target.startswith(target)) == (because, True)
        assert bool(found.question) == (because == "P10")


def test_a_secret_that_only_a_variable_names(tmp_path: Path) -> None:
    text = (
        "services:\n  s:\n    image: a\n    environment:\n"
        "      DB_PASSWORD_FILE: /run/secrets/db\n      CERTIFICATE: /run/secrets/cert.pem\n"
        "      KEY_FILE: /run/secrets/key\n      LOG: /var/log/x\n    secrets: [key]\n"
        "secrets: {key: {external: true}}\n"
    )
    found, mapping = looked(tmp_path, text)
    assert [(f.name, f.variable, f.holder) for f in found.mounted_files] == [
        ("key", "KEY_FILE", "KEY"),
        ("db", "DB_PASSWORD_FILE", "DB_PASSWORD"),
        ("cert.pem", "CERTIFICATE", "CERT_PEM"),
    ]
    rows = {i.name: (i.becomes, i.because) for i in mapping.items if i.group == "files"}
    assert rows == {"key": ("open", "S1"), "db": ("open", "S1"), "cert.pem": ("open", "S2")}
