"""Which values are hidden everywhere, and which stay readable because they are plain words."""

import pytest

from wizard.safety import secrecy
from wizard.safety.redact import REDACTOR


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY_BASE", "abcd"),
        ("STRIPE_SECRET", "correcthorse"),
        ("DB_PASS", "hunter2"),
        ("SENTRY_DSN", "https://abc@sentry.test/1"),
        ("RANDOM", "x7Gh29Lq81"),
        ("RANDOM", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("DATABASE_URL", "postgres://u:p@h/d"),
        ("HOOK", "https://hooks.chat.test/services/T0A1/B9xYz8Q1aaa"),
        ("LINK", "https://files.test/x?sig=abcdef"),
        ("ANY", "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n"),
        ("BROKEN", "http://[bro ken"),
        ("SIGNING_KEY_FILE", "/run/secrets/x7Gh29Lq81"),
        ("SIGNING_KEY_FILE", "hunter2"),
        ("SIGNING_KEY", "/run/secrets/key"),
        ("SIGNING_KEY_PATH", "/run/secrets/x7Gh29Lq81"),
        ("DB_PASSWORD_PATH", "/hunter"),
        ("DB_PASSWORD", "/etc/hunter"),
        ("TOKEN", "/hunter/two"),
        ("CERT_KEY", "/etc/ssl/key"),
        ("SSL_CERT", "x7Gh29Lq81"),
        ("SSL_CERT", "/x7Gh29Lq81"),
        ("PEER", "x7Gh29Lq81:50051"),
        ("NUMBERS", "horses:123456"),
    ],
)
def test_secrets(name: str, value: str) -> None:
    assert secrecy.is_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAILS_ENV", "production"),
        ("REGION", "us-west-1"),
        ("LANG", "en_US.UTF-8"),
        ("APP_URL", "https://www.acme-clinic.test"),
        ("MAIL_FROM", "noreply@acme-clinic.test"),
        ("WEB_CONCURRENCY", "2"),
        ("SHORT", "x7Gh2"),
        ("SECRET_KEY_BASE", ""),
        ("MONKEY", "banana bread"),
        ("WORDS", "---"),
        ("SESSION_KEY_FILE", "/run/secrets/session_key"),
        ("WORKER_RPC_HOST", "broker:50051"),
        ("CACHE_LOCATION", "cache-one:11211,cache-two:11211"),
        ("BROKER_URL", "amqp://broker:50051/jobs"),
        ("CERT_ROOT_PATH", "/etc/letsencrypt"),
        ("CERT_DIR", "/certs/"),
        ("SSL_CERT", "/etc/ssl/site.pem"),
        ("JWT_KEY_PATH", "/etc/app/jwt.key"),
    ],
)
def test_plain_words(name: str, value: str) -> None:
    assert not secrecy.is_secret(name, value)


def test_kept_values_are_hidden_from_then_on() -> None:
    secrecy.learn_secrets({"PAY_TOKEN": "canary-secrecy-5d1", "RAILS_ENV": "production"})
    assert REDACTOR.redact("canary-secrecy-5d1 production") == "••• production"


def test_a_password_that_is_a_name_which_stands_openly_is_not_blanked_out_of_it() -> None:
    url = "postgres://clinicweb:clinicweb@db:5432/clinicweb"
    names = {"clinicweb", "qx7v-91kd", "averyveryverylongname"}
    secrecy.learn_secrets({"DB_PASSWORD": "ClinicWeb", "DB_URL": url}, names)
    secrecy.learn_secrets({"DB_PASSWORD": "clinicweb"}, names)
    openly = "clinicweb: registry/clinicweb/server"
    assert REDACTOR.redact(openly) == openly
    assert REDACTOR.redact(f"at {url}") == "at •••"
    for long_or_mixed in ("qx7v-91kd", "averyveryverylongname"):
        secrecy.learn_secrets({"DB_PASSWORD": long_or_mixed}, names)
        assert REDACTOR.redact(long_or_mixed) == "•••"
    # Read again where nobody says that the name is public.
    secrecy.learn_secrets({"DB_PASSWORD": "clinicweb"})
    assert REDACTOR.redact("clinicweb") == "•••"
