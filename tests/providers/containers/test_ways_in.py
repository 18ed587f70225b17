"""Ways in that are no plain HTTP: FastCGI behind a web server, UDP beside TCP, media of calls."""

from pathlib import Path

import pytest

from providers.containers.proxy_folders import served_folders
from tests.providers.sources.compose.test_look import becomes, looked

FPM = """
services:
  app: {image: "example/cloud:29-fpm-alpine"}
  web:
    image: nginx:alpine
    depends_on: [app]
    ports: ["8080:80"]
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
"""


@pytest.mark.parametrize(
    ("configuration", "spoken"),
    [
        ("fastcgi_pass handler;", "FastCGI"),
        ("uwsgi_pass app:9000;", "uwsgi"),
        ("scgi_pass app:9000;", "SCGI"),
    ],
)
def test_a_port_that_speaks_no_http_gets_no_endpoint_and_its_web_server_stops_the_move(
    tmp_path: Path, configuration: str, spoken: str
) -> None:
    (tmp_path / "nginx.conf").write_text(
        "upstream handler {\n server app:9000;\n}\nserver {\n server_name a.example.com;\n"
        f" location ~ x {{\n {configuration}\n }}\n}}\n"
    )
    found, mapping = looked(tmp_path, FPM)
    assert becomes(mapping, "ports") == {"app 9000/tcp": ("not carried over", "E13")}
    web = next(item for item in mapping.items if item.name == "web")
    assert (web.becomes, web.because, web.today) == ("blocked", "B16", f"{spoken} to app")
    assert [(d.hostname, d.port) for d in found.domains] == [("a.example.com", None)]


def test_an_image_of_fpm_behind_a_web_server_whose_file_is_not_here(tmp_path: Path) -> None:
    _, mapping = looked(tmp_path, FPM)
    assert becomes(mapping, "processes")["web"] == ("blocked", "B16")


def test_grpc_behind_a_proxy_is_an_endpoint_made_by_hand(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text(
        "server {\n location / {\n grpc_pass grpc://app:7000;\n }\n}\n"
    )
    _, mapping = looked(tmp_path, FPM)
    assert becomes(mapping, "ports") == {"app 7000/tcp": ("blocked", "E13")}
    assert becomes(mapping, "processes")["web"] == ("replaced", "B5")


def test_udp_beside_tls_is_http_3_and_udp_beside_another_port_is_media(tmp_path: Path) -> None:
    text = (
        "services:\n  web:\n    image: example/web\n"
        "    ports: ['80:80', '443:443', '443:443/udp']\n"
        "  calls:\n    image: example/calls\n"
        "    ports: ['8065:8065', '8443:8443', '8443:8443/udp']\n"
        "  both:\n    image: example/both\n    ports: ['8080:8080', '9443:8443']\n"
    )
    assert becomes(looked(tmp_path, text)[1], "ports") == {
        "web 80/tcp": ("endpoint", "E1"),
        "web 443/tcp": ("dropped", "E5"),
        "web 443/udp": ("dropped", "E14"),
        "calls 8065/tcp": ("endpoint", "E1"),
        "calls 8443/tcp": ("blocked", "E3"),
        "calls 8443/udp": ("blocked", "E2"),
        "both 8080/tcp": ("endpoint", "E1"),
        "both 8443/tcp": ("dropped", "E5"),
    }


CHALLENGES = """
services:
  app: {image: example/chat}
  edge:
    image: nginx
    depends_on: [app]
    ports: ["80:80", "443:443"]
    volumes:
      - ./conf:/etc/nginx/conf.d:ro
      - webroot:/usr/share/nginx/html
      - ./cert.pem:/cert.pem:ro
volumes: {webroot: {}}
"""


@pytest.mark.parametrize(("path", "becomes_of"), [("/", "replaced"), ("/api/", "service")])
def test_a_folder_for_challenges_makes_no_site_of_what_passes_all_on(
    tmp_path: Path, path: str, becomes_of: str
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "site.conf").write_text(
        f"server {{\n location {path} {{\n proxy_pass http://app:8065;\n }}\n}}\n"
    )
    _, mapping = looked(tmp_path, CHALLENGES)
    assert becomes(mapping, "processes")["edge"][0] == becomes_of
    if path == "/":
        assert becomes(mapping, "ports") == {"app 8065/tcp": ("endpoint", "E9")}
        assert not [q for q in mapping.questions if "cert" in q.question.id]


STATIC = """
services:
  web: {image: example/web, expose: [8000], volumes: ["static:/app/static"]}
  edge:
    image: nginx
    depends_on: [web]
    ports: ["80:80"]
    volumes: ["./site.conf:/etc/nginx/conf.d/site.conf", "static:/srv/static:ro"]
volumes: {static: {}}
"""
SERVED = """
server {
  root /nowhere;
  location / { proxy_pass http://web:8000; }
  location ^~ /.well-known/ { root /srv/static; }
  location = /50x.html { root /srv/static; }
  location /static/ { alias /srv/static/; }  # alias /old/;
}
"""


def test_the_folders_that_a_configuration_serves() -> None:
    assert served_folders(SERVED) == (
        ("/", "/nowhere"),
        ("/.well-known/", "/srv/static"),
        ("/50x.html", "/srv/static"),
        ("/static/", "/srv/static"),
    )


def test_a_proxy_that_serves_files_is_asked_about_and_named_at_their_volume(tmp_path: Path) -> None:
    (tmp_path / "site.conf").write_text(SERVED)
    _, mapping = looked(tmp_path, STATIC)
    assert becomes(mapping, "processes")["edge"] == ("open", "B17")
    asked = {q.question.id: q.question for q in mapping.questions}
    proxy = asked["proxy/edge"]
    assert proxy.text == "Does edge stay, which serves files of /static/ by itself?"
    assert proxy.choices == ("keep", "drop")
    assert "moveday.role: app" in proxy.why
    assert "shared by web, edge" in asked["volume/static"].text
    _, dropped = looked(tmp_path, STATIC, {"proxy/edge": "drop"})
    edge = next(item for item in dropped.items if item.name == "edge")
    assert edge.becomes == "replaced"
    assert edge.target.endswith("; the app or an object store serves /static/")


def test_files_of_a_proxy_stand_in_the_question_about_several_services(tmp_path: Path) -> None:
    text = STATIC.replace("volumes: {", "  api: {image: example/api}\nvolumes: {")
    more = SERVED.replace(
        "  root /nowhere", "  location /api { proxy_pass http://api:9000; } root /a"
    )
    (tmp_path / "site.conf").write_text(more)
    _, mapping = looked(tmp_path, text)
    asked = next(q.question for q in mapping.questions if q.question.id == "proxy/edge")
    assert asked.text == "Does edge stay in front of api and web?"
    assert "files of /static/ by itself" in asked.why


def test_an_empty_virtual_host_beside_a_proxy_is_a_name_that_a_person_tells(tmp_path: Path) -> None:
    text = (
        "services:\n  proxy:\n    image: nginxproxy/nginx-proxy\n    ports: ['80:80']\n"
        "  app: {image: example/cloud, environment: [VIRTUAL_HOST=, VIRTUAL_PORT=8080]}\n"
        "  cron: {image: example/cloud, command: /cron.sh}\n"
    )
    found, mapping = looked(tmp_path, text)
    assert [(d.process, d.port) for d in found.domains] == [("app", 8080)]
    asked = {q.question.id: q.question.text for q in mapping.questions}
    assert "visitors" not in asked
    assert asked["domain/$VIRTUAL_HOST of app"].startswith(
        "Which host name is $VIRTUAL_HOST of app"
    )
    assert not asked["command/app"].startswith("Does app run at all?")
    alone = text.replace("nginxproxy/nginx-proxy", "example/other")
    assert not looked(tmp_path, alone)[0].domains


def test_the_port_behind_a_proxy_is_told_by_the_services_own_check(tmp_path: Path) -> None:
    check = "healthcheck: {test: 'curl -f http://localhost:8080/up'}"
    text = (
        "services:\n  edge: {image: 'haproxy:3', depends_on: [web], ports: ['80:80']}\n"
        f"  web: {{image: a/b, {check}}}\n"
    )
    _, mapping = looked(tmp_path, text)
    assert becomes(mapping, "ports")["web 8080/tcp"] == ("endpoint", "E9")


def test_the_way_in_is_asked_with_the_port_that_a_check_tells(tmp_path: Path) -> None:
    check = "healthcheck: {test: 'curl -f http://localhost:8080/up'}"
    _, mapping = looked(
        tmp_path, f"services:\n  w: {{image: a/w}}\n  web: {{image: a/b, {check}}}\n"
    )
    (asked,) = (q.question for q in mapping.questions if q.question.id == "visitors")
    assert "such as web:8080" in asked.why
