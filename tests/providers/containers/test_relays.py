"""What belongs to a mail relay that is not carried over: all beside its host, and its page."""

from pathlib import Path

import pytest

from tests.providers.containers.looked import hosts, led, mapped

CATCHER = """
services:
  web:
    image: example/web
    ports: ["80:80"]
    environment: {ENVIRONMENT}
  catcher: {image: axllent/mailpit}
"""


@pytest.mark.parametrize(
    ("given", "leads"),
    [
        (
            "{SMTP_HOST: catcher, SMTP_PORT: '1025', SMTP_TLS: 'false', SMTP_FROM: a@example.com}",
            {
                "SMTP_HOST": "catcher",
                "SMTP_PORT": "port of catcher",
                "SMTP_TLS": "TLS setting of catcher",
            },
        ),
        (
            "{EMAIL_HOST: catcher, EMAIL_HOST_USER: a, EMAIL_HOST_PASSWORD: b, EMAIL_USE_TLS: '',"
            " SMTP_PORT: '25', EMAIL_PORTAL: x}",
            {
                "EMAIL_HOST": "catcher",
                "EMAIL_HOST_USER": "user of catcher",
                "EMAIL_HOST_PASSWORD": "password of catcher",
            },
        ),
        (
            "{CATCHER_HOST: 'http://catcher:8025', CATCHER_PORT: '1'}",
            {"CATCHER_HOST": "page of catcher"},
        ),
        ("{SMTP_HOST: mail.example.com, SMTP_PORT: '587'}", {}),
    ],
)
def test_what_belongs_to_a_relay(tmp_path: Path, given: str, leads: dict[str, str]) -> None:
    assert led(tmp_path, CATCHER.replace("{ENVIRONMENT}", given)) == leads


def test_a_catchers_port_is_the_providers_and_is_not_held_back(tmp_path: Path) -> None:
    given = "{SMTP_HOST: catcher, SMTP_PORT: '1025', PAGE_URL: 'http://catcher:8025'}"
    mapping = mapped(tmp_path, CATCHER.replace("{ENVIRONMENT}", given))
    rows = hosts(mapping)
    port, page = rows["SMTP_PORT → port of catcher"], rows["PAGE_URL → page of catcher"]
    assert (port.because, port.target) == ("H24", "the SMTP port of your mail provider")
    assert (page.becomes, page.because, page.target) == ("not carried over", "H22", "nothing")
    assert not [i for i in mapping.items if i.group == "variables"]
    assert not [q for q in mapping.questions if q.question.id.startswith("hold-back")]
