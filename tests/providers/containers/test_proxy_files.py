"""Where proxies lead: nginx, Caddy, Traefik and https-portal, by name and by path."""

from pathlib import Path

import pytest

from providers.containers.proxy_files import Led, led_by, led_by_portal
from tests.providers.sources.compose.test_look import becomes, looked

NGINX = """
upstream api { server api:9000; keepalive 2; }
server {
    listen 80;
    server_name example.com;  # server_name old.example.com;
    return 301 https://example.com$request_uri;
}
server {
    server_name shop.example.com ~^x$ localhost;
    location /api/ { }
    location ~ ^/api/v2/ {
        proxy_pass http://api;
    }
    location / {
        set $front http://front;
        proxy_pass $front;
    }
    location /php {
        fastcgi_pass php;
    }
}
"""
CADDY = """
{
    email a@example.com
}
{$SITES} {
    handle /api/* {
        reverse_proxy {$API:localhost:1}
    }
    reverse_proxy front:3000 {
        flush_interval -1
    }
}
other.example.com, https://more.example.com {
    reverse_proxy /ws/* live:4000
}
"""


def test_nginx() -> None:
    shop = ("shop.example.com",)
    assert led_by(NGINX, {}) == (
        Led("", None, "/", ("example.com",)),
        Led("api", 9000, "^/api/v2/", shop),
        Led("front", 80, "/", shop),
        Led("php", None, "/php", shop, speaks="FastCGI"),
    )


def test_caddy_with_variables_of_its_own() -> None:
    given = {"SITES": "shop.example.com", "API": "http://api:8000"}
    both = ("other.example.com", "more.example.com")
    assert led_by(CADDY, given) == (
        Led("api", 8000, "/api/*", ("shop.example.com",)),
        Led("front", 3000, "/", ("shop.example.com",)),
        Led("live", 4000, "/ws/*", both),
    )


def test_https_portal() -> None:
    told = "user:word@a.example.com -> http://a:3000 #production, b.example.com => https://c"
    assert led_by_portal(told) == (Led("a", 3000, "/", ("a.example.com",)),)


def test_what_is_no_configuration_leads_nowhere() -> None:
    assert led_by("routers: [\nloadBalancer: }", {}) == ()
    assert led_by("http: {routers: [a], services: {b: {loadBalancer: 1}}}", {}) == ()


BY_PATH = """
services:
  edge:
    image: nginx
    ports: ["80:80"]
    volumes: ["./conf:/etc/nginx/conf.d:ro"]
  front: {image: example/front}
  api: {image: example/api}
"""


def test_several_services_below_one_name_are_asked_about(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "site.conf").write_text(
        "server {\n location /api {\n proxy_pass http://api:8000;\n }\n"
        " location / {\n proxy_pass http://front:3000;\n }\n}\n"
    )
    found, mapping = looked(tmp_path, BY_PATH)
    assert becomes(mapping, "processes")["edge"] == ("open", "B15")
    (asked,) = (q.question for q in mapping.questions if q.question.id == "proxy/edge")
    assert asked.text == "Does edge stay in front of api and front?"
    assert "/api → api, / → front" in asked.why
    _, split = looked(tmp_path, BY_PATH, {"proxy/edge": "split"})
    assert becomes(split, "processes")["edge"] == ("replaced", "B15")
    assert [(e.process, e.port) for e in found.entries] == [("api", 8000), ("front", 3000)]


def test_the_names_of_an_https_portal_become_domains(tmp_path: Path) -> None:
    text = (
        "services:\n  portal:\n    image: steveltn/https-portal\n    ports: ['80:80']\n"
        "    environment: {DOMAINS: 'wiki.example.com -> http://wiki:3000'}\n"
        "  wiki: {image: example/wiki}\n"
    )
    found, _ = looked(tmp_path, text)
    assert [(d.hostname, d.process, d.port) for d in found.domains] == [
        ("wiki.example.com", "wiki", 3000)
    ]


def test_a_file_named_by_the_folder_that_compose_is_started_in_is_read(tmp_path: Path) -> None:
    (tmp_path / "Caddyfile").write_text("a.example.com {\n reverse_proxy wiki:3000\n}\n")
    text = (
        "services:\n  edge:\n    image: caddy\n    ports: [80]\n"
        "    volumes: ['$PWD/Caddyfile:/etc/caddy/Caddyfile']\n  wiki: {image: example/wiki}\n"
    )
    assert [d.hostname for d in looked(tmp_path, text)[0].domains] == ["a.example.com"]


def test_a_proxy_that_stays_is_an_app_with_the_only_way_in(tmp_path: Path) -> None:
    kept = BY_PATH.replace("image: nginx", "image: nginx\n    labels: {moveday.role: app}")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "site.conf").write_text("location /a {\n proxy_pass http://api:1;\n}\n")
    found, mapping = looked(tmp_path, kept)
    assert [(e.process, e.port) for e in found.entries] == [("edge", 80)]
    assert not any(q.question.id == "proxy/edge" for q in mapping.questions)


LABELS = """
services:
  edge: {image: 'traefik:v3', ports: ["80:80"]}
  api:
    image: example/api
    labels:
      traefik.http.routers.api.rule: Host(`a.example.com`) && PathPrefix(`/api`)
      traefik.http.services.api.loadbalancer.server.port: 8000
  web:
    image: example/web
    labels:
      traefik.http.routers.web.rule: Host(`a.example.com`)
      traefik.http.services.web.loadbalancer.server.port: 3000
"""


@pytest.mark.parametrize("proxy", ["edge", "the-proxy-beside-the-project"])
def test_one_name_has_one_endpoint_also_where_labels_share_it(tmp_path: Path, proxy: str) -> None:
    text = LABELS if proxy == "edge" else LABELS.replace("traefik:v3", "example/other")
    found, mapping = looked(tmp_path, text)
    assert [(d.hostname, d.process) for d in found.domains] == [("a.example.com", "web")]
    assert becomes(mapping, "ports")["api 8000/tcp"] == ("endpoint", "E9")
    (asked,) = (q.question for q in mapping.questions if q.question.id == f"proxy/{proxy}")
    assert "/api → api, / → web" in asked.why


def test_caddy_leads_everything_on_by_a_star() -> None:
    text = ":80 {\n    reverse_proxy * http://web:8080 {\n        header_up X 1\n    }\n}\n"
    assert list(led_by(text, {})) == [Led("web", 8080, "/", ())]
