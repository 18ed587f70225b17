"""Ways in of a project: ports, proxies, health checks, nobody's way; services that run nothing."""

from datetime import date
from pathlib import Path

import pytest

from tests.providers.sources.compose.test_look import becomes, looked
from wizard.errors import UsageError
from wizard.generate.images import ImageProject, propose_for_images
from wizard.model.mapping import MappedItem, Mapping
from wizard.model.repo_view import Snapshot
from wizard.rules.container_health import health_path
from wizard.rules.project_mapping import check_answers


def item(mapping: Mapping, name: str) -> MappedItem:
    return next(i for i in mapping.items if i.name == name)


PORTS = """
services:
  web:
    image: example/web
    ports: ["8080:8080", "5005:5005", "6543:6543", "50051:50051"]
  debug: {image: example/debug, ports: ["5005:5005"]}
  steers:
    image: example/steers
    ports: ["9000:9000"]
    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
  edge: {image: caddy, ports: ["80:80"], volumes: ["./Caddyfile:/etc/caddy/Caddyfile"]}
  behind: {image: example/behind}
"""


def test_ports_that_speak_no_http_and_ports_behind_a_proxy(tmp_path: Path) -> None:
    (tmp_path / "Caddyfile").write_text("a.example.com {\n reverse_proxy behind\n}\n")
    _, mapping = looked(tmp_path, PORTS)
    assert becomes(mapping, "ports") == {
        "web 8080/tcp": ("endpoint", "E1"),
        "web 5005/tcp": ("not carried over", "E7"),
        "web 6543/tcp": ("blocked", "E3"),
        "web 50051/tcp": ("blocked", "E3"),
        "debug 5005/tcp": ("endpoint", "E1"),
        "steers 9000/tcp": ("not carried over", "E12"),
        "behind 80/tcp": ("endpoint", "E6"),
    }
    steers = next(i for i in mapping.of("processes") if i.name == "steers")
    assert (steers.monthly_cents, "it steers the container engine" in steers.reason) == (None, True)


def test_an_endpoint_in_a_proxys_place_is_no_published_port(tmp_path: Path) -> None:
    (tmp_path / "Caddyfile").write_text(":80 {\n reverse_proxy behind:3000\n}\n")
    _, mapping = looked(tmp_path, PORTS)
    assert becomes(mapping, "ports")["behind 3000/tcp"] == ("endpoint", "E9")


@pytest.mark.parametrize(
    ("check", "path"),
    [
        ("curl -f http://localhost:8000/up || exit 1", "/up"),
        (
            "bash -c 'exec 3<>/dev/tcp/127.0.0.1/9000 && echo -e \"GET /_health/ HTTP/1.1\\r\\n\"'",
            "",
        ),
        ("bash -c '</dev/tcp/127.0.0.1/9000'", ""),
        ("curl localhost", ""),
    ],
)
def test_the_page_that_a_check_asks_for(check: str, path: str) -> None:
    assert health_path(check) == ("/_health/" if "GET" in check else path)


def test_a_check_of_healthcheck_is_strict_as_it_is(tmp_path: Path) -> None:
    text = (
        "services:\n  web:\n    image: a/b\n    ports: [80]\n"
        "    healthcheck: {test: curl http://localhost/healthcheck}\n"
    )
    _, mapping = looked(tmp_path, text)
    said = item(mapping, "health check of web").target
    assert (
        said == "the endpoint's own; STRICT_HEALTH_CHECKS=true asks /healthcheck, as today's does"
    )


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        ("", {"the way in": ("open", "E10")}),
        ("none", {"the way in": ("not carried over", "E11")}),
        ("web:8000", {"web 8000/tcp": ("endpoint", "E1")}),
        ("nobody:8000", {"the way in": ("open", "E10")}),
    ],
)
def test_nobodys_way_in_is_asked_about(
    tmp_path: Path, answer: str, then: dict[str, tuple[str, str]]
) -> None:
    answers = {"visitors": answer} if answer else {}
    _, mapping = looked(tmp_path, "services:\n  web: {image: example/web}\n", answers)
    assert becomes(mapping, "ports") == then


SHARED = """
services:
  base: &base {image: example/web, volumes: ["kept:/kept"]}
  web: {<<: *base, command: serve, ports: ["80:80"]}
  worker: {<<: *base, command: work}
volumes: {kept: {}}
"""


def test_what_only_holds_settings_of_others_is_left_out_everywhere(tmp_path: Path) -> None:
    found, mapping = looked(tmp_path, SHARED)
    (asked,) = (q.question for q in mapping.questions if q.question.id == "command/base")
    assert asked.text.startswith("Does base run at all?")
    answers = {asked.id: "none", "entrypoint/web": "none"}
    _, mapping = looked(tmp_path, SHARED, answers)
    assert becomes(mapping, "processes")["base"] == ("dropped", "B14")
    assert not any(q.question.id == asked.id for q in mapping.questions)
    procfile = next(i for i in mapping.items if i.group == "apps" and i.name == "web").by_hand[-1]
    assert procfile == "web: serve\nworker: work"
    project = ImageProject(found, "", lambda text: False)
    made = propose_for_images(Snapshot.of({}), project, date(2026, 1, 2), answers)
    lines = [line.text for file in made.files for line in file.lines]
    assert any(line.startswith("web: ") for line in lines)
    assert not any("base" in line for line in lines)
    assert asked.id in made.answered


def test_a_port_for_the_machine_alone_is_open_where_a_host_name_leads_to_it(tmp_path: Path) -> None:
    text = (
        "services:\n  web:\n    image: a/b\n    ports: ['127.0.0.1:5678:5678']\n    labels:\n"
        "      traefik.http.routers.a.rule: Host(`a.example.com`)\n"
        "      traefik.http.services.a.loadbalancer.server.port: 5678\n"
    )
    assert becomes(looked(tmp_path, text)[1], "ports") == {"web 5678/tcp": ("endpoint", "E6")}


@pytest.mark.parametrize(
    ("port", "answers", "rule"),
    [
        ("ports: ['127.0.0.1:3000:3000']", {}, "K3"),
        ("ports: ['127.0.0.1:3000:3000']", {"port/web/3000": "endpoint"}, "K1"),
        ("ports: ['127.0.0.1:3000:3000']", {"port/web/3000": "inside"}, "K2"),
        ("expose: [3000]", {}, "K3"),
        ("expose: [3000]", {"visitors": "web:3000"}, "K1"),
        ("expose: [3000]", {"visitors": "none"}, "K2"),
    ],
)
def test_a_check_of_what_visitors_may_reach(
    tmp_path: Path, port: str, answers: dict[str, str], rule: str
) -> None:
    check = "curl -s --noproxy localhost localhost:3000/health | grep -q OK || exit 1"
    text = (
        f"services:\n  web:\n    image: a/b\n    {port}\n    healthcheck: {{test: '{check}'}}\n"
        "  worker:\n    image: a/worker\n    healthcheck: {test: pgrep worker}\n"
    )
    _, mapping = looked(tmp_path, text, answers)
    found = item(mapping, "health check of web")
    assert found.because == rule
    assert ("as it does at /health" in found.target) is (rule != "K2")
    assert item(mapping, "health check of worker").because == "K2"


def test_an_answer_for_the_files_may_stand_beside_those_of_the_mapping(tmp_path: Path) -> None:
    _, mapping = looked(tmp_path, "services:\n  web: {image: example/web}\n")
    check_answers(mapping, {"visitors": "none", "entrypoint/web": "none", "user/web": "root"})
    for wrong in ("entrypoint/other", "visitor", "user"):
        with pytest.raises(UsageError):
            check_answers(mapping, {wrong: "none"})
