"""The port that a container's own check asks."""

import pytest

from wizard.formats.health_check import checked_port


@pytest.mark.parametrize(
    ("check", "port"),
    [
        ("curl -f http://localhost:8080/login/ || exit 1", 8080),
        ("wget -qO- 127.0.0.1:3000/health", 3000),
        ("CMD-SHELL curl -s localhost:3000/health | grep -q OK", 3000),
        ("curl -f http://localhost/", None),
        ("curl -f http://db:5432", None),
        ("pg_isready -h localhost:5432", None),
        ("curl localhost:80 && curl localhost:81", None),
        ("curl localhost:99999", None),
        ("", None),
    ],
)
def test_only_a_question_by_http_to_itself_tells_it(check: str, port: int | None) -> None:
    assert checked_port(check) == port
