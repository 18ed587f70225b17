"""A running stack, as docker prints it, becomes the same facts and the same mapping as its file."""

import base64
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.wizard.formats.swarm_listing import CLINIC, PLANTED, service
from wizard.__main__ import main
from wizard.joins.looks import look_at_files
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.rules.pricing import completed
from wizard.rules.project_mapping import map_project


def looked(
    folder: Path, *files: Path, answers: dict[str, str] | None = None
) -> tuple[Inventory, Mapping]:
    found = look_at_files("compose", folder, files, ())
    rates = completed(None, "no account")
    return found.inventory, map_project(
        found.inventory, found.values, found.by_hand, rates, answers or {}
    )


def becomes(mapping: Mapping, group: str) -> dict[str, tuple[str, str]]:
    return {i.name: (i.becomes, i.because) for i in mapping.items if i.group == group}


def test_a_listing_of_services_is_mapped_as_a_file_is(tmp_path: Path) -> None:
    listing = tmp_path / "anything.txt"
    listing.write_text(json.dumps(CLINIC, indent=4))
    found, mapping = looked(tmp_path, listing)
    assert found.app == "clinic"
    assert {a.name: a.processes for a in found.apps} == {
        "web": ("web", "worker", "beat"),
        "syslog": ("syslog",),
    }
    assert becomes(mapping, "processes") == {
        "web": ("service", "P4"),
        "worker": ("service", "P10"),
        "beat": ("service", "P11"),
        "syslog": ("service", "P5"),
        "proxy": ("replaced", "B5"),
    }
    assert becomes(mapping, "databases") == {"db": ("database", "D4"), "cache": ("database", "D5")}
    assert [(d.hostname, d.process, d.port) for d in found.domains] == [
        ("clinic.example.com", "web", 8000),
        ("logs.example.com", "syslog", 514),
    ]
    assert becomes(mapping, "ports")["syslog 514/udp"] == ("blocked", "E2")
    hosts = becomes(mapping, "hosts")
    assert hosts["DATABASE_URL → db"] == ("rewritten", "H1")
    assert hosts["REDIS_HOST → cache"] == ("rewritten", "H1")
    assert hosts["API → web"] == ("rewritten", "H2")
    assert becomes(mapping, "files") == {"session": ("open", "S1"), "nginx": ("open", "S3")}
    assert becomes(mapping, "volumes")["uploads"] == ("open", "W1")
    assert becomes(mapping, "platform")["cpus of web"] == ("not carried over", "B12")
    assert becomes(mapping, "platform")["placement of web"] == ("not carried over", "B3")
    assert {q.question.id for q in mapping.questions} >= {"volume/uploads", "secret/session"}
    assert PLANTED not in found.model_dump_json() + mapping.model_dump_json()


def test_a_difference_between_inputs_is_a_question(tmp_path: Path) -> None:
    listing, written = tmp_path / "ps", tmp_path / "stack"
    listing.write_text(json.dumps(CLINIC))
    written.write_text(
        "services:\n  web:\n    image: registry.example.net/clinic:2.3\n"
        f"    environment: {{SECRET_KEY: {PLANTED}-written}}\n"
    )
    found, mapping = looked(tmp_path, written, listing)
    assert [c.subject for c in found.conflicts] == ["image", "variable SECRET_KEY"]
    row = next(i for i in mapping.items if i.name == "what is told about web")
    assert (row.becomes, row.because) == ("open", "Z1")
    assert "stack:2: registry.example.net/clinic:2.3" in row.today
    assert PLANTED not in found.model_dump_json() + mapping.model_dump_json()
    _, mapping = looked(tmp_path, written, listing, answers={"differs/web": "running"})
    row = next(i for i in mapping.items if i.name == "what is told about web")
    assert (row.becomes, row.because) == ("kept", "Z2")


def test_a_proxy_is_read_by_the_config_that_docker_prints(tmp_path: Path) -> None:
    config = {"ConfigName": "clinic_front", "File": {"Name": "/etc/nginx/conf.d/a.conf"}}
    both = [
        service("front", {"Image": "nginx:1.27", "Configs": [config]}),
        service("web", {"Image": "a"}),
    ]
    text = "server { server_name www.example.com;\n location / {\n proxy_pass http://web:9000;\n} }"
    data = base64.b64encode(text.replace("server_name", "\nserver_name").encode()).decode()
    (tmp_path / "ps").write_text(json.dumps(both))
    (tmp_path / "configs").write_text(
        json.dumps([{"ID": "c", "Spec": {"Name": "clinic_front", "Data": data}}])
    )
    found, mapping = looked(tmp_path, tmp_path / "ps", tmp_path / "configs")
    assert [(d.hostname, d.process, d.port) for d in found.domains] == [
        ("www.example.com", "web", 9000)
    ]
    assert becomes(mapping, "processes")["front"] == ("replaced", "B5")


def test_neither_output_nor_what_is_kept_holds_a_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = json.dumps(CLINIC, indent=1).replace('"Command"', '"Odd", "Command"', 1)
    data = base64.b64encode(PLANTED.encode()).decode()
    inputs = {
        "ps.json": json.dumps(CLINIC),
        "broken.json": broken,
        "plain.txt": PLANTED,
        "list.json": json.dumps([PLANTED]),
        "configs.json": json.dumps([{"ID": "c", "Spec": {"Name": "clinic_nginx", "Data": data}}]),
        "web.txt": f"$ env\nSECRET_KEY={PLANTED}x\nPEM=-----BEGIN K-----\n{PLANTED}=\n"
        "-----END K-----\n$ df\nFilesystem 1M-blocks Used Available Use% Mounted on\n"
        f"/dev/sda1 900 300 600 33% /srv/uploads\n$ mount\n//a/b on /srv/share type"
        f" cifs (rw,password={PLANTED})\n$ ls /run/secrets\nsession smtp\n",
        "odd.json": json.dumps([service("web", {"Image": "a", "Env": {"A": PLANTED}})]),
    }
    for name, text in inputs.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    seen, codes = "", []
    for words in (
        *(("inventory", "--file", name) for name in inputs),
        ("inventory", "--file", "ps.json", "--file", "configs.json", "--json"),
        ("inventory", *(w for n in ("ps.json", "web.txt") for w in ("--file", n))),
        ("inventory", *(w for n in ("ps.json", "web.txt") for w in ("--file", n)), "--json"),
        ("map", "--json"),
        ("map",),
    ):
        monkeypatch.setattr(sys, "argv", ["moveday", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out = capsys.readouterr()
        codes.append(left.value.code)
        seen += out.out + out.err
    assert codes == [0, 2, 2, 2, 2, 0, 0, 0, 0, 0, 4, 4]
    assert "uploads: /srv/uploads, at most 300 MB" in seen
    assert "smtp: secret" in seen
    assert "plain.txt, line 1: this is none of what is known" in seen
    kept = "".join(p.read_text() for p in (tmp_path / ".moveday").iterdir() if p.is_file())
    assert PLANTED not in seen + kept
    assert data not in seen + kept


_WORD = st.text(max_size=8) | st.sampled_from(
    ["a/b:1@sha256:x", "postgres:1", "*", "web=", "X_HOST=web", "Host(`a.b`)", "traefik.port", "[("]
)
_ANY = st.recursive(
    _WORD | st.integers(-1, 70_000) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORD, inner, max_size=3),
    max_leaves=5,
)
_PORTS = st.fixed_dictionaries({"TargetPort": st.integers(-1, 70_000), "Protocol": _WORD})
_MOUNT = st.fixed_dictionaries({"Type": _WORD, "Source": _WORD, "Target": _WORD})


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(_WORD, _WORD, max_size=3),
    st.lists(_WORD, max_size=3),
    st.lists(_PORTS, max_size=2),
    st.lists(_MOUNT, max_size=2),
    _WORD,
    _ANY,
)
def test_any_listing_ends_in_a_mapping(
    tmp_path: Path,
    labels: dict[str, str],
    env: list[str],
    ports: list[object],
    mounts: list[object],
    name: str,
    odd: object,
) -> None:
    container = {"Image": env[0] if env else odd, "Env": env, "Mounts": mounts, "Hosts": odd}
    both = [
        service("web", container, labels=labels, ports=ports),
        service(name, {"Image": "a", "Args": env, "Healthcheck": odd}, stack="", ports=odd),
    ]
    (tmp_path / "ps").write_text(json.dumps(both))
    _, mapping = looked(tmp_path, tmp_path / "ps")
    assert mapping.items
