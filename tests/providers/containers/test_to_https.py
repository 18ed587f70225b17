"""Ports that only lead to https://: behind an endpoint with TLS they would lead in a circle."""

from pathlib import Path

import pytest

from providers.containers.to_https import only_to_https
from tests.providers.sources.compose.test_look import looked

TLS = "server {\n listen 443 ssl;\n location / { root /srv; }\n}\n"
SENDS = "server {\n listen 80 default_server;\n return 301 https://$host$request_uri;\n}\n"
SERVES = "server {\n listen [::]:80;\n location / { root /srv; }\n}\n"
BY_HEADER = 'server { listen 80; if ($x = "http") { return 301 https://$host; } root /srv; }'


@pytest.mark.parametrize(
    ("text", "given", "only"),
    [
        (SENDS + TLS, {}, True),
        (SERVES + TLS, {}, False),
        (SENDS + SERVES, {}, False),
        (TLS, {}, False),
        (BY_HEADER, {}, False),
        ("{$NAME:localhost} {\n file_server\n}\n", {"NAME": "shop.example.com"}, True),
        ("{$NAME:localhost} {\n file_server\n}\n", {"NAME": "localhost, web:80"}, True),
        ("{$NAME:localhost} {\n file_server\n}\n", {"NAME": ":80"}, False),
        ("{\n auto_https off\n}\nshop.example.com {\n file_server\n}\n", {}, False),
        ("http://shop.example.com {\n file_server\n}\n", {}, False),
        ("", {}, False),
    ],
)
def test_ports_that_only_lead_to_https(text: str, given: dict[str, str], only: bool) -> None:
    assert only_to_https(text, given) is only


def test_the_endpoint_of_such_a_port_says_so(tmp_path: Path) -> None:
    (tmp_path / "Caddyfile").write_text("{$NAME:localhost} {\n file_server\n}\n")
    text = (
        "services:\n  web:\n    image: example/web\n    ports: ['80:80', '443:443']\n"
        "    volumes: ['./Caddyfile:/etc/caddy/Caddyfile:ro']\n"
    )
    _, mapping = looked(tmp_path, text)
    row = next(item for item in mapping.items if item.name == "web 80/tcp")
    assert row.becomes == "endpoint"
    assert "behind the endpoint that is a loop" in row.target
    (tmp_path / "Caddyfile").write_text(":80 {\n file_server\n}\n")
    _, mapping = looked(tmp_path, text)
    row = next(item for item in mapping.items if item.name == "web 80/tcp")
    assert "loop" not in row.target
