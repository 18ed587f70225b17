"""Addresses: second databases of a server, what a bare host leaves out, the machine's own ports."""

from pathlib import Path

import pytest

from tests.providers.containers.looked import facts, hosts, mapped

SERVER = "  db: {image: 'postgres:16', environment: {POSTGRES_PASSWORD: planted-1}}\n"


def _web(environment: str, more: str = SERVER) -> str:
    return f"services:\n  web:\n    image: a:1\n    environment:\n{environment}{more}"


def test_a_second_database_of_one_server_is_told_apart(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        _web(
            "      DATABASE_URL: postgres://postgres:planted-1@db:5432/postgres\n"
            "      READ_URL: jdbc:postgresql://db/postgres\n"
            "      POOL_URL: ecto://other:planted-1@db:5432/_stats?x=1\n"
            "      DSN: host=db dbname=_stats user=other\n"
            "      STATS_HOST: db\n      STATS_DATABASE: _stats\n"
            "      DATABASE_URL_TEST: postgres://db/test\n"
            "      ODD_URL: postgres://postgres:planted/db:x@db:5432/hidden\n"
        ),
    )
    assert {r.variable: r.other for r in found.references if r.other} == {
        "POOL_URL": "web/POOL_URL",
        "DSN": "web/POOL_URL",
        "STATS_DATABASE": "web/POOL_URL",
    }
    assert "_stats" not in found.model_dump_json()
    assert "planted" not in found.model_dump_json()


def test_one_name_for_all_is_no_second_database_whatever_the_server_makes(tmp_path: Path) -> None:
    environment = "      DB_HOST: db\n      DB_NAME: clinic_production\n"
    found = facts(tmp_path, _web(environment))
    assert [r.other for r in found.references] == ["", ""]


@pytest.mark.parametrize(
    ("environment", "alone"),
    [
        ("      APP_DBHOST: db\n", ("user", "password", "name", "port", "TLS")),
        ("      DB_HOST: db:5432\n      DB_USER: a\n", ("password", "name", "TLS")),
        ("      DB_HOST: db\n      PGSSLMODE: require\n", ("user", "password", "name", "port")),
        ("      DB_HOST: db\n      DATABASE_URL: postgres://db/x\n", ()),
        ("      DATABASE_URL: postgres://db/x\n", ()),
    ],
)
def test_what_a_host_alone_leaves_out(
    tmp_path: Path, environment: str, alone: tuple[str, ...]
) -> None:
    found = facts(tmp_path, _web(environment))
    assert [r.alone for r in found.references if r.alone] == ([alone] if alone else [])


def test_a_part_that_is_read_as_a_file_is_not_left_out(tmp_path: Path) -> None:
    text = (
        "services:\n  web:\n    image: a:1\n    secrets: [postgres_password]\n    environment:\n"
        "      {DB_HOST: db, DB_USER_FILE: /run/secrets/u, PGSSLMODE: require}\n"
        f"{SERVER}secrets: {{postgres_password: {{external: true}}}}\n"
    )
    assert facts(tmp_path, text).references[0].alone == ("name", "port")


def test_a_redis_is_asked_its_password_even_where_it_has_none_today(tmp_path: Path) -> None:
    text = _web(
        "      QUEUE_REDIS_HOST: cache\n      QUEUE_REDIS_PORT: 6379\n", "  cache: {image: redis}\n"
    )
    assert facts(tmp_path, text).references[0].alone == ("password",)


def test_words_that_turn_tls_off_for_a_database_are_noted(tmp_path: Path) -> None:
    environment = (
        "      DB_HOST: db\n      DB_SSLMODE: disable\n      DATABASE_SSL: 'false'\n"
        "      PGSSLMODE: prefer\n      POSTGRES_USE_SSL: 'no'\n      SMTP_SSL: 'false'\n"
        "      DB_SSL_REJECT_UNAUTHORIZED: 'false'\n      DB_TLS: 'true'\n      USE_SSL: '0'\n"
    )
    found = facts(tmp_path, _web(environment))
    assert [r.variable for r in found.references if r.part == "TLS"] == [
        "DB_SSLMODE",
        "DATABASE_SSL",
        "PGSSLMODE",
        "POSTGRES_USE_SSL",
    ]
    row = hosts(mapped(tmp_path, _web(environment)))["DB_SSLMODE → TLS of db"]
    assert (row.becomes, row.because) == ("rewritten", "H21")


@pytest.mark.parametrize(
    "more", ["      CACHE_URL: mysql://other/x\n", "      DB_URL: mysql://other/x\n"]
)
def test_tls_words_that_may_be_another_databases_are_left(tmp_path: Path, more: str) -> None:
    servers = f"  other: {{image: 'mysql:8'}}\n{SERVER}"
    found = facts(tmp_path, _web(f"      A_HOST: db\n      DB_SSL: 'false'\n{more}", servers))
    assert not [r for r in found.references if r.part == "TLS"]


PUBLISHED = """
  db:
    image: postgres
    ports: ["5432:5432"]
    environment: {POSTGRES_USER: me, POSTGRES_PASSWORD: planted-1, POSTGRES_DB: wiki}
  cache: {image: redis, ports: ["6379:6379"]}
"""


def test_an_address_through_the_machine_is_the_projects_own_database(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        _web(
            "      DATABASE_URL: postgres://me:planted-1@203.0.113.9:5432/wiki\n"
            "      REDIS_URL: redis://203.0.113.9:6379\n"
            "      QUEUE_URL: redis://198.51.100.7\n"
            "      JOBS_URL: redis://host.docker.internal:6379/1\n"
            "      OTHER_URL: postgres://me:another@203.0.113.9:5432/wiki\n"
            "      FAR_URL: postgres://me:planted-1@203.0.113.9:6543/wiki\n"
            "      HERE_URL: redis://localhost:6379\n",
            PUBLISHED,
        ),
    )
    assert {r.variable: (r.to, r.perhaps) for r in found.references} == {
        "DATABASE_URL": ("db", ""),
        "REDIS_URL": ("cache", ""),
        "QUEUE_URL": ("cache", "cache opens this port to the machine, on which it may run"),
        "JOBS_URL": ("cache", ""),
    }
    assert "planted" not in found.model_dump_json()


def test_addresses_of_the_machine_itself_are_noted_with_what_stands_behind(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        _web(
            "      PUBLIC_URL: http://localhost:9090/x\n      SEARCH_HOST: localhost\n"
            "      FILES: http://127.0.0.1\n      LISTEN_ADDR: 127.0.0.1:80\n"
            "      HEALTH_URL: http://localhost:8000\n      NOTE: see localhost:1\n"
            "      NAME_URL: http://localhost.example\n",
            "  store: {image: minio/minio, ports: ['9090:9000']}\n",
        ),
    )
    assert [(a.variable, a.port, a.to) for a in found.own_addresses] == [
        ("PUBLIC_URL", 9090, "store"),
        ("SEARCH_HOST", None, ""),
        ("FILES", None, ""),
    ]


def test_a_service_that_names_itself_means_the_container(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        _web(
            "      HUB_URL: http://web/hub\n      SERVER_NAME: ':443, web:80'\n"
            "      HUB_HOST: web\n      HOSTNAME: web\n      LISTEN_ADDR: web:80\n"
            "      ALLOWED_HOSTS: 127.0.0.1 web\n      OTHER_URL: http://web.example\n"
            "      QUEUE_URL: redis://web:x@localhost.example\n      NAME: web\n",
        ),
    )
    assert [(a.variable, a.port, a.own) for a in found.own_addresses] == [
        ("HUB_URL", None, "web"),
        ("SERVER_NAME", 80, "web"),
        ("HUB_HOST", None, "web"),
        ("ALLOWED_HOSTS", None, ""),
    ]


def test_hosts_that_lead_nowhere_are_noted_with_why(tmp_path: Path) -> None:
    found = facts(
        tmp_path,
        _web(
            "      BROWSER_URL: http://chrome:3000\n      DATABASE_URL: postgres://u:p@records/x\n"
            "      PUBLIC_URL: https://shop.example\n      HERE_URL: http://web/\n"
            "      DB_URL: postgres://u:planted@db/x\n      SEARCH_HOST: search\n"
            "      AUTH_TRUST_HOST: yes-sir\n      USE_HOST: 'true'\n      DEEP: shop://back\n"
            "      ODD_URL: postgres://planted:5432/x@db/y\n      JOBS_URL: http://jobs\n"
            "      LIST_URL: http://one:9200,http://two:9200\n      BUCKET: s3://planted\n"
            "      JAVA_URL: jdbc:postgresql://records:5432/x\n      LINKED_URL: redis://store\n",
            "    links: ['db:store']\n"
            "  chrome: {image: browserless/chrome}\n"
            f"  jobs: {{image: 'b:1', profiles: [later]}}\n{SERVER}",
        ),
    )
    assert [(h.variable, h.host, h.left) for h in found.lost_hosts] == [
        ("BROWSER_URL", "chrome", "tool"),
        ("DATABASE_URL", "records", ""),
        ("SEARCH_HOST", "search", ""),
        ("JOBS_URL", "jobs", "profile"),
        ("LIST_URL", "one", ""),
        ("LIST_URL", "two", ""),
        ("JAVA_URL", "records", ""),
    ]
    assert "planted" not in found.model_dump_json()


def test_what_leads_nowhere_is_told_in_one_row(tmp_path: Path) -> None:
    text = _web("      DATABASE_URL: postgres://u:p@records/x\n      HUB_URL: http://web/hub\n", "")
    rows = hosts(mapped(tmp_path, text))
    assert rows["names that lead nowhere"].today == (
        "DATABASE_URL → records (no service of these files: one of another file or stack?)"
    )
    assert rows["addresses with localhost"].today == (
        "HUB_URL (web, the service's own name: no host has it on the new side)"
    )


@pytest.mark.parametrize(
    ("own", "asked", "port"),
    [
        ("environment: {PORT: 3000}", "X: y", 3000),
        ("env_file: app.env", "X: y", 3100),
        ("restart: always", "TOKEN_URI: http://inner:8000/oauth", 8000),
        ("restart: always", "A: http://inner:8000\n      B: http://inner:8001", None),
    ],
)
def test_the_port_behind_a_proxy_is_told_by_variables_too(
    tmp_path: Path, own: str, asked: str, port: int | None
) -> None:
    (tmp_path / "app.env").write_text("PORT=3100\n")
    text = (
        "services:\n  front:\n    image: nginx\n    ports: ['80:80']\n    depends_on: [inner]\n"
        f"  inner:\n    image: a:1\n    {own}\n"
        f"  other:\n    image: b:1\n    environment:\n      {asked}\n"
    )
    assert [(e.process, e.port) for e in facts(tmp_path, text).entries] == [("inner", port)]


def test_an_address_as_a_shell_writes_it_is_found_in_a_command(tmp_path: Path) -> None:
    wait = "bash -c 'while !</dev/tcp/db/5432; do sleep 1; done; run'"
    text = f'services:\n  web: {{image: a/b, command: "{wait}"}}\n  db: {{image: postgres}}\n'
    (found,) = facts(tmp_path, text).references
    assert (found.to, found.port, found.variable) == ("db", 5432, "")


def test_ports_of_profiles_that_nobody_chose_are_nobodys(tmp_path: Path) -> None:
    text = (
        "services:\n"
        "  apart: {image: a/b, ports: ['3170:3170'], profiles: [apart]}\n"
        "  all: {image: a/b, ports: ['3170:3170'], environment: {ORIGIN: 'http://localhost:3170'}}\n"
    )
    (own,) = facts(tmp_path, text).own_addresses
    assert (own.port, own.to) == (3170, "all")
