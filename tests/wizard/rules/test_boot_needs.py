"""What a process says it misses, in the words of the usual libraries."""

import pytest

from wizard.rules.boot_needs import needs_from_log, stand_in


@pytest.mark.parametrize(
    ("log", "names"),
    [
        ("  File 'settings.py', line 4\nKeyError: 'SECRET_KEY'", ("SECRET_KEY",)),
        ("ImproperlyConfigured: Set the DATABASE_URL environment variable", ("DATABASE_URL",)),
        ("decouple.UndefinedValueError: API_TOKEN not found. Declare it as envvar", ("API_TOKEN",)),
        ('key not found: "STRIPE_KEY" (KeyError)', ("STRIPE_KEY",)),
        ("Error: DATABASE_URL is not set", ("DATABASE_URL",)),
        ("Error: MONGODB_URI environment variable is required", ("MONGODB_URI",)),
        ("Missing required environment variable: JWT_SECRET", ("JWT_SECRET",)),
        ("ArgumentError: Missing `secret_key_base` for 'production'", ("SECRET_KEY_BASE",)),
        ("$PORT must be set", ("PORT",)),
        ("ImproperlyConfigured: The SECRET_KEY setting must not be empty.", ("SECRET_KEY",)),
        ("Error: broken at start\n    at Object.<anonymous> (/app/server.js:1:7)", ()),
        ("SyntaxError: Unexpected token", ()),
        ("ModuleNotFoundError: No module named 'flask'", ()),
        ("exec: gunicorn: not found", ()),
    ],
)
def test_names_of_missing_variables(log: str, names: tuple[str, ...]) -> None:
    assert needs_from_log(log).names == names


@pytest.mark.parametrize(
    ("log", "service"),
    [
        ("Error: connect ECONNREFUSED 127.0.0.1:5432", "127.0.0.1:5432"),
        ('connection to server at "db" (10.0.0.2), port 5432 failed: refused', "db"),
        ("ConnectionError: Error 111 connecting to localhost:6379.", "localhost:6379"),
        ("getaddrinfo ENOTFOUND mongo", "mongo"),
        ("dial tcp [::1]:5432: connect: connection refused", "[::1]:5432"),
        ("PG::ConnectionBad: no reason", ""),
    ],
)  # fmt: skip
def test_services_that_did_not_answer(log: str, service: str) -> None:
    needs = needs_from_log(log)
    assert needs.services == (service,)
    assert "a service that answers" in str(needs)


def test_stand_ins_have_the_usual_shape_and_lead_nowhere() -> None:
    names = (
        "DATABASE_URL",
        "REDIS_URL",
        "MONGODB_URI",
        "SMTP_HOST",
        "WEB_CONCURRENCY",
        "JWT_SECRET",
    )
    found = [stand_in(name) for name in names]
    assert [value.partition(":")[0] for value in found[:3]] == ["postgres", "redis", "mongodb"]
    assert found[3:5] == ["127.0.0.1", "9"]
    assert len(found[5]) >= 64
