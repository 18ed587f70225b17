"""A Compose project on disk becomes facts, a mapping, questions, blockers; no value is shown."""

import json
import sys
from pathlib import Path

import pytest

from wizard.__main__ import main
from wizard.errors import UsageError
from wizard.joins.looks import look_at_files
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.rules.pricing import completed
from wizard.rules.project_mapping import map_project

CLINIC = """
x-app: &app
  image: registry.example.net/clinic:${TAG:-2.4}
  environment: &env
    DATABASE_URL: postgres://clinic:${DB_PASSWORD}@db:5432/clinic
    REDIS_HOST: cache
    REDIS_PORT: 6379
    QUEUE_DRIVER: cache
    SECRET_FILE: /run/secrets/session
    API: http://reports:9000/v1
  secrets: [session]
services:
  web:
    <<: *app
    command: serve
    ports: ["127.0.0.1:22:22", "443:443"]
    volumes: ["uploads:/srv/uploads", "./limits.conf:/etc/limits.conf:ro"]
    deploy:
      replicas: 2
      resources: {limits: {memory: 700M}}
      placement: {constraints: [node.role==worker]}
      labels:
        - traefik.enable=true
        - traefik.http.routers.clinic.rule=Host(`clinic.example.com`,`www.clinic.example.com`)
        - traefik.http.services.clinic.loadbalancer.server.port=8000
    healthcheck: {test: [CMD, curl, -f, "http://localhost:8000/up"], start_period: 40s}
  worker:
    <<: *app
    command: work
    deploy: {mode: global}
  beat:
    <<: *app
    command: celery beat
    deploy: {replicas: 1, update_config: {order: stop-first}}
  migrate:
    <<: *app
    command: migrate
    restart: "no"
  reports:
    build: ./reports
    volumes: ["./reports:/code", /var/run/docker.sock:/var/run/docker.sock]
    ports: ["5140:514/udp", "2525:25"]
    depends_on: {migrate: {condition: service_completed_successfully}}
  proxy:
    image: traefik:v2.11
    ports: ["80:80", "443:443"]
  db:
    image: postgres:15-alpine
    environment: {POSTGRES_USER: clinic, POSTGRES_PASSWORD: "${DB_PASSWORD}"}
    volumes: ["pg:/var/lib/postgresql/data"]
  cache:
    image: redis:7
    volumes: ["redis:/data"]
  old:
    image: mysql:8.0
    volumes: ["my:/var/lib/mysql"]
  debug:
    image: adminer
    profiles: [debug]
secrets:
  session: {external: true}
volumes: {uploads: {}, pg: {}, redis: {}, my: {}}
"""
PASSWORD = "planted-Zx81-password"


def clinic(folder: Path, text: str = CLINIC) -> Inventory:
    return looked(folder, text)[0]


def looked(
    folder: Path, text: str, answers: dict[str, str] | None = None
) -> tuple[Inventory, Mapping]:
    (folder / "compose.yaml").write_text(text)
    (folder / ".env").write_text(f"DB_PASSWORD={PASSWORD}\n")
    found = look_at_files("compose", folder, (), ())
    rates = completed(None, "no account")
    mapping = map_project(found.inventory, found.values, found.by_hand, rates, answers or {})
    return found.inventory, mapping


def becomes(mapping: Mapping, group: str) -> dict[str, tuple[str, str]]:
    return {i.name: (i.becomes, i.because) for i in mapping.items if i.group == group}


def test_services_become_apps_processes_and_databases(tmp_path: Path) -> None:
    found, mapping = looked(tmp_path, CLINIC)
    assert {a.name: a.processes for a in found.apps} == {
        "web": ("web", "worker", "beat", "migrate"),
        "reports": ("reports",),
    }
    assert found.apps[0].image == "registry.example.net/clinic:2.4"
    assert becomes(mapping, "processes") == {
        "web": ("service", "P4"),
        "worker": ("service", "P10"),
        "beat": ("service", "P11"),
        "migrate": ("hook", "P9"),
        "reports": ("service", "P5"),
        "proxy": ("replaced", "B5"),
        "debug": ("not carried over", "B8"),
    }
    web = next(i for i in mapping.items if i.group == "processes" and i.name == "web")
    assert (web.target, web.monthly_cents) == ("2 × 1024 MB", 11_680)
    assert becomes(mapping, "databases") == {
        "db": ("database", "D4"),
        "cache": ("open", "D8"),
        "old": ("blocked", "D6"),
    }
    procfile = next(i for i in mapping.items if i.group == "apps" and i.name == "web").by_hand[-1]
    assert procfile == "web: serve\nworker: work\nbeat: celery beat"


def test_names_ports_and_host_names(tmp_path: Path) -> None:
    found, mapping = looked(tmp_path, CLINIC)
    assert [(d.hostname, d.process, d.port) for d in found.domains] == [
        ("clinic.example.com", "web", 8000),
        ("www.clinic.example.com", "web", 8000),
    ]
    assert set(becomes(mapping, "domains").values()) == {("endpoint", "N1")}
    ports = becomes(mapping, "ports")
    assert ports["web 22/tcp"] == ("not carried over", "E4")
    assert ports["reports 514/udp"] == ("blocked", "E2")
    assert ports["reports 25/tcp"] == ("blocked", "E3")
    health = next(i for i in mapping.items if i.name == "health check of web")
    assert (health.because, "as it does at /up" in health.target) == ("K1", True)
    hosts = becomes(mapping, "hosts")
    assert hosts["DATABASE_URL → db"] == ("rewritten", "H1")
    assert hosts["REDIS_HOST → cache"] == ("rewritten", "H1")
    assert hosts["REDIS_PORT → port of cache"] == ("rewritten", "H6")
    assert hosts["API → reports"] == ("rewritten", "H2")
    assert not any(name.startswith("QUEUE_DRIVER") for name in hosts)


def test_volumes_files_and_what_stands_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "limits.conf").write_text("most = 5\n")
    _, mapping = looked(tmp_path, CLINIC)
    assert becomes(mapping, "volumes") == {
        "uploads": ("open", "W1"),
        "./limits.conf": ("replaced", "W6"),
        "./reports": ("dropped", "W5"),
        "/var/run/docker.sock": ("blocked", "W7"),
    }
    assert becomes(mapping, "files") == {"session": ("open", "S1")}
    assert becomes(mapping, "platform")["placement of web"] == ("not carried over", "B3")
    assert {b.name for b in mapping.blockers} == {
        *("old", "reports 514/udp", "reports 25/tcp", "/var/run/docker.sock"),
    }
    assert {q.question.id for q in mapping.questions} == {
        *("volume/uploads", "database/cache/keep", "secret/session"),
        *("registry/registry.example.net", "count/worker"),
    }


@pytest.mark.parametrize(
    ("answer", "becomes_then"),
    [("cache", "dropped"), ("uploads", "replaced"), ("state", "blocked")],
)
def test_an_answer_about_a_volume_decides(tmp_path: Path, answer: str, becomes_then: str) -> None:
    _, mapping = looked(tmp_path, CLINIC, {"volume/uploads": answer})
    assert becomes(mapping, "volumes")["uploads"][0] == becomes_then
    assert "volume/uploads" not in {q.question.id for q in mapping.questions}


@pytest.mark.parametrize(
    ("service", "group", "row", "expected"),
    [
        ("{image: a, privileged: true}", "platform", "privileged of s", ("blocked", "B1")),
        ("{image: a, network_mode: host}", "platform", "network_mode of s", ("blocked", "B1")),
        ("{image: a, runtime: nvidia}", "platform", "runtime of s", ("blocked", "B2")),
        ("{image: a, logging: {driver: x}}", "logs", "logging of s", ("replaced", "B9")),
        ("{image: a, volumes: ['/proc:/p:ro']}", "volumes", "/proc", ("blocked", "W8")),
        (
            "{image: a, volumes: ['/etc/localtime:/etc/localtime']}",
            "volumes",
            "/etc/localtime",
            ("dropped", "W10"),
        ),
        ("{image: a, ports: ['8080:80']}", "ports", "s 80/tcp", ("endpoint", "E1")),
        ("{image: a, ports: ['127.0.0.1:80:80']}", "ports", "s 80/tcp", ("open", "E4")),
        ("{image: a, env_file: gone.env}", "files", "gone.env", ("open", "S5")),
        ("{image: '${IMAGE}'}", "apps", "s", ("open", "I4")),
        ("{image: 'pgvector/pgvector:pg16'}", "databases", "s", ("database", "D4")),
        ("{image: 'bitnami/rabbitmq:3'}", "databases", "s", ("database", "D5")),
        ("{image: 'minio/minio', command: server}", "databases", "s", ("blocked", "D7")),
        (
            "{image: a, labels: {traefik.frontend.rule: 'Host:x.example.org'}}",
            "domains",
            "x.example.org",
            ("endpoint", "N1"),
        ),
        (
            "{image: a, environment: {VIRTUAL_HOST: y.example.org}}",
            "domains",
            "y.example.org",
            ("endpoint", "N1"),
        ),
        (
            "{image: a, labels: ['traefik.http.routers.r.rule=Host(`$$D$D`)']}",
            "domains",
            "$D",
            ("open", "N5"),
        ),
        ("{image: a, deploy: {mode: replicated-job}}", "processes", "s", ("hook", "P9")),
        ("{image: a, ports: ['9229:9229']}", "ports", "s 9229/tcp", ("not carried over", "E7")),
        (
            "{image: a, labels: {traefik.http.routers.r.rule: 'Path(`/`)'}}",
            "ports",
            "s a port that is not told",
            ("open", "E8"),
        ),
        (
            "{image: a, volumes: ['./conf:/etc/app']}",
            "volumes",
            "./conf",
            ("not carried over", "W12"),
        ),
        ("{image: a, scale: 0}", "processes", "s", ("service", "P6")),
        ("{image: a, environment: [KEY]}", "variables", "KEY", ("dropped", "V21")),
    ],
)
def test_one_thing_at_a_time(
    tmp_path: Path, service: str, group: str, row: str, expected: tuple[str, ...]
) -> None:
    _, mapping = looked(tmp_path, f"services:\n  s: {service}\n")
    assert becomes(mapping, group).get(row, ()) == expected


def test_logins_go_with_the_address_and_other_words_stay(tmp_path: Path) -> None:
    _, mapping = looked(
        tmp_path,
        "services:\n  web:\n    image: a\n    environment:\n      DB_HOST: db\n"
        "      DB_USER: me\n      DB_PASS: ''\n      DB_NAME: app\n      DB_POOL: 5\n"
        "      SITE_LOGIN_USER: clinic\n      CACHE_DRIVER: db\n"
        "  db:\n    image: postgres:16\n    environment: {POSTGRES_USER: clinic}\n",
    )
    assert set(becomes(mapping, "hosts")) == {
        *("DB_HOST → db", "DB_USER → user of db", "DB_PASS → password of db"),
        *("DB_NAME → name of db", "beside DB_HOST"),
    }
    kept = becomes(mapping, "variables")
    assert set(kept) == {"DB_POOL", "SITE_LOGIN_USER", "CACHE_DRIVER"}


def test_a_link_gives_a_service_another_name(tmp_path: Path) -> None:
    _, mapping = looked(
        tmp_path,
        "version: '2'\nservices:\n  web:\n    image: a\n    links: ['db:sql']\n"
        "    environment: {DB_HOST: sql}\n  db: {image: 'postgres:9.6'}\n",
    )
    assert becomes(mapping, "hosts")["DB_HOST → db"] == ("rewritten", "H1")


def test_one_that_is_to_be_one_and_has_a_volume_stays_one(tmp_path: Path) -> None:
    service = "{image: a, volumes: ['x:/x'], deploy: {replicas: 1}}"
    _, mapping = looked(tmp_path, f"services:\n  s: {service}\n")
    assert becomes(mapping, "processes") == {"s": ("service", "P11")}


def test_what_differs_between_services_of_one_app_is_said(tmp_path: Path) -> None:
    text = "services:\n"
    for name in ("web", "worker"):
        text += f"  {name}: {{image: a, command: {name}, environment: {{ROLE: {name}, SAME: x}}}}\n"
    _, mapping = looked(tmp_path, text)
    rows = [i for i in mapping.items if i.because == "I5"]
    assert [(row.name, row.app, row.becomes) for row in rows] == [
        ("ROLE by service", "web", "rewritten")
    ]


def test_the_commands_in_a_folder_without_an_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic(tmp_path, CLINIC)
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["moveday", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out = capsys.readouterr()
        return int(left.value.code or 0), out.out, out.err

    code, out, err = run("inventory", "--source", "compose", "--file", "compose.yaml", "--json")
    assert code == 0, err
    assert json.loads(out)["source"] == "compose"
    seen = out + err
    code, out, err = run("map", "--json")
    assert code == 4
    assert len(json.loads(out)["questions"]) == 5
    assert "in the way: old: MySQL" in err
    seen += out + err
    code, out, err = run("map")
    seen += out + err
    (tmp_path / "a.yaml").write_text("volume/uploads: nowhere\n")
    code, out, err = run("map", "--answers", "a.yaml")
    assert (code, "one of: cache, uploads, state" in err) == (2, True)
    # A file of answers is taken again, as far as its questions are still there.
    (tmp_path / "a.yaml").write_text("volume/uploads: cache\n")
    assert len(json.loads(run("map", "--json", "--answers", "a.yaml")[1])["questions"]) == 4
    assert run("inventory")[0] == 0
    code, out, err = run("map", "--json")
    assert (len(json.loads(out)["questions"]), "with the answers of a.yaml" in err) == (4, True)
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    image: a\n    ports: [80]\n")
    code, out, err = run("map", "--json")
    assert (code, "volume/uploads: nothing like that is open" in err) == (0, True)
    (tmp_path / "a.yaml").unlink()
    code, out, err = run("map", "--json")
    assert (code, "without a.yaml, the answers named last: it is gone" in err) == (0, True)
    assert run("map", "--json", "--source", "compose", "--profile", "x")[2] == ""
    kept = "".join(p.read_text() for p in (tmp_path / ".moveday").iterdir() if p.is_file())
    assert PASSWORD not in seen + err + kept


def test_a_folder_without_a_compose_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no Compose file here"):
        look_at_files("compose", tmp_path, (), ())


def test_a_user_called_like_a_service_is_no_address(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text(
        "services:\n  web:\n    image: a:1\n  worker:\n    image: b:1\n    environment:\n"
        "      ELSEWHERE: postgres://web:12345@db.example:5432/web\n"
        "      BOTH: http://web:8000,http://x@worker\n"
        "      HERE: amqp://worker:pw@web:5672/\n"
    )
    found = look_at_files("compose", tmp_path, (), ()).inventory
    assert [(r.variable, r.to, r.port) for r in found.references] == [
        ("BOTH", "web", 8000),
        ("HERE", "web", 5672),
    ]


def test_a_secret_that_opens_a_database_is_not_asked_for(tmp_path: Path) -> None:
    text = (
        "services:\n  web: {image: a, secrets: [db_key, other]}\n"
        "  db:\n    image: postgres:16\n    secrets: [db_key]\n"
        "    environment: {POSTGRES_PASSWORD_FILE: /run/secrets/db_key}\n"
        "secrets: {db_key: {external: true}, other: {external: true}}\n"
    )
    _, mapping = looked(tmp_path, text)
    assert becomes(mapping, "files") == {"db_key": ("rewritten", "S8"), "other": ("open", "S2")}
    row = next(item for item in mapping.items if item.name == "db_key")
    assert row.target.startswith("the password of the managed database db, in the variable DB_KEY")
    assert becomes(mapping, "hosts")["DB_KEY → password of db"] == ("rewritten", "H6")


def test_a_command_is_asked_for_where_nothing_tells_it(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text('FROM a\nCMD ["x"]\n')
    text = (
        "services:\n  web: {build: {context: ., args: [A]}}\n  work: {build: ., command: y}\n"
        "  one: {image: b}\n  two: {image: b, command: z $HOW}\n"
        "  alone: {image: c}\n  once: {image: c, entrypoint: [sh, -c], command: migrate,"
        " restart: 'no'}\n  after:\n    image: d\n"
        "    depends_on: {once: {condition: service_completed_successfully}}\n"
    )
    _, mapping = looked(tmp_path, text)
    asked = {q.question.id for q in mapping.questions if q.question.id.startswith("command/")}
    assert asked == {"command/one", "command/two", "command/alone"}
    rows = becomes(mapping, "apps")
    assert rows["build of web"] == ("given by a person", "I10")
    assert rows["order of after"] == ("told", "I11")
    (tmp_path / "Dockerfile").unlink()
    _, mapping = looked(tmp_path, text)
    assert becomes(mapping, "apps")["web"] == ("app", "I9")


def test_services_that_all_wait_for_a_profile_are_said_first(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        "services:\n  web: {image: a, profiles: [front, all]}\n  db: {image: postgres:16,"
        " profiles: [all]}\n"
    )
    with pytest.raises(UsageError) as caught:
        look_at_files("compose", tmp_path, (), ())
    assert "front: web; all: web, db" in str(caught.value.__dict__)
    found = look_at_files("compose", tmp_path, (), ("front",)).inventory
    assert [app.name for app in found.apps] == ["web"]
