"""What does the clinic's Heroku account hold? Facts and fresh secrets, as a seed."""

import secrets
import uuid

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from providers.sandbox.scenarios.acme_clinic.repository_maker import Repository
from providers.sandbox.scenarios.seed import (
    AddOnSeed,
    AppSeed,
    AutoscalerSeed,
    CertificateSeed,
    CollaboratorSeed,
    DomainSeed,
    DrainSeed,
    GithubSeed,
    HerokuSeed,
    PostgresSeed,
    ReleaseSeed,
    WebhookSeed,
)

APP, STAGING, REPORTS = "acme-clinic", "acme-clinic-staging", "acme-reports"
APEX, WWW = "acme-clinic.test", "www.acme-clinic.test"
_OWNER = "robin@acme-clinic.test"
_COMMANDS = {
    "web": "exec python web.py",
    "worker": "exec python worker.py",
    "clock": "exec python clock.py",
}


def database_seed(port: int) -> PostgresSeed:
    """A database with the kind of names and the kind of URL that Heroku Postgres gives."""
    database, role = f"d{secrets.token_hex(6)}", f"u{secrets.token_hex(6)}"
    password = f"p{secrets.token_hex(32)}"
    url = f"postgres://{role}:{password}@localhost:{port}/{database}"
    return PostgresSeed(database, role, password, url)


def account_seed(
    repository: Repository, production: PostgresSeed, staging: PostgresSeed
) -> HerokuSeed:
    """The account: the clinic's app and its staging sibling in one pipeline, and a third app
    that lends the clinic its error tracker."""
    apps = [_app(repository, production), _staging(repository, staging), _reports(repository)]
    return HerokuSeed(_OWNER, "acme", apps)


def _app(repository: Repository, database: PostgresSeed) -> AppSeed:
    running = repository.running
    add_ons = _add_ons(database)
    logs = next(each.name for each in add_ons if each.service == "papertrail")
    return AppSeed(
        name=APP,
        default_host=f"{APP}-{secrets.token_hex(6)}.herokuapp.com",
        stage="production",
        config=_config(),
        formation={"web": (2, "Standard-1X"), "worker": (1, "Standard-1X"), "clock": (1, "Basic")},
        process_types=_COMMANDS,
        release_phase="python migrate.py",
        commit=running,
        checkouts=repository.trees,
        releases=[
            ReleaseSeed(40, "Set APP_URL config vars", running),
            ReleaseSeed(41, f"Deploy {running[:8]}", running),
            ReleaseSeed(42, "Set WEB_CONCURRENCY config vars", running),
        ],
        add_ons=add_ons,
        domains=[DomainSeed(host, f"{_label()}.herokudns.com") for host in (APEX, WWW)],
        collaborators=[CollaboratorSeed(_OWNER, "owner"), CollaboratorSeed("sam@acme-clinic.test")],
        drains=[
            DrainSeed("syslog+tls://logs.papertrail.test:12345", f"d.{uuid.uuid4()}", logs),
            DrainSeed(
                f"https://clinic:{secrets.token_hex(16)}@audit.acme-clinic.test/in",
                f"d.{uuid.uuid4()}",
            ),
        ],
        features={"preboot": False, "http-session-affinity": False, "log-runtime-metrics": True},
        certificates=[CertificateSeed("tyrannosaurus-4711", [APEX, WWW])],
        webhooks=[
            WebhookSeed(
                f"https://chat.acme-clinic.test/hooks/{secrets.token_hex(16)}",
                ["api:release", "dyno"],
            )
        ],
        autoscaler=AutoscalerSeed(1, 4, active=False),
        github=GithubSeed("acme/clinic", "main", auto_deploy=False),
    )


def _reports(repository: Repository) -> AppSeed:
    """An app outside the pipeline, at rest; the clinic uses its error tracker."""
    tracker = {"ROLLBAR_ACCESS_TOKEN": secrets.token_hex(16)}
    return AppSeed(
        name=REPORTS,
        default_host=f"{REPORTS}-{secrets.token_hex(6)}.herokuapp.com",
        stage="production",
        config={},
        formation={"web": (0, "Basic")},
        process_types=_COMMANDS,
        commit=repository.running,
        checkouts=repository.trees,
        releases=[ReleaseSeed(3, f"Deploy {repository.running[:8]}", repository.running)],
        add_ons=[
            AddOnSeed(
                _name("rollbar"), "rollbar", "rollbar:free", "ROLLBAR", tracker, lent_to=[APP]
            )
        ],
        collaborators=[CollaboratorSeed(_OWNER, "owner")],
        in_pipeline=False,
    )


def _staging(repository: Repository, database: PostgresSeed) -> AppSeed:
    return AppSeed(
        name=STAGING,
        default_host=f"{STAGING}-{secrets.token_hex(6)}.herokuapp.com",
        stage="staging",
        config={"SECRET_KEY_BASE": secrets.token_hex(64), "WEB_CONCURRENCY": "1"},
        formation={"web": (1, "Basic"), "worker": (1, "Basic"), "clock": (1, "Basic")},
        process_types=_COMMANDS,
        release_phase="python migrate.py",
        commit=repository.running,
        checkouts=repository.trees,
        releases=[ReleaseSeed(12, f"Deploy {repository.running[:8]}", repository.running)],
        add_ons=[_postgres(database, "heroku-postgresql:essential-0", 500)],
        collaborators=[CollaboratorSeed(_OWNER, "owner")],
    )


def _config() -> dict[str, str]:
    """One variable of each kind that a careless tool breaks."""
    partner = f"postgres://reader:{secrets.token_hex(16)}@db.partner.test:5432/referrals"
    return {
        "APP_URL": f"https://{WWW}",
        "SECRET_KEY_BASE": secrets.token_hex(64),
        "WEB_CONCURRENCY": "2",
        "LOG_LEVEL": "info",
        "PARTNER_SIGNING_KEY": _private_key(),
        "PARTNER_DATABASE_URL": partner,
        "LEGACY_TOKEN": f"{secrets.token_hex(20)}\n",
        "SMTP_OPTIONS": f"starttls=auto;key={secrets.token_hex(12)}==",
        "MAIL_GREETING": "Grüße aus der Klinik – «Acme» $HOME 'x' \"y\"",
        "FEATURE_FLAGS": "",
    }


def _add_ons(database: PostgresSeed) -> list[AddOnSeed]:
    mail = {
        "SENDGRID_USERNAME": "apikey",
        "SENDGRID_PASSWORD": f"SG.{secrets.token_urlsafe(32)}",
    }
    unknown = {"FROBNICATOR_URL": f"https://u:{secrets.token_hex(16)}@frobnicator.test/v1"}
    return [
        _postgres(database, "heroku-postgresql:standard-0", 5000),
        AddOnSeed(_name("redis"), "heroku-redis", "heroku-redis:mini", "REDIS", price_cents=300),
        AddOnSeed(_name("scheduler"), "scheduler", "scheduler:standard", "SCHEDULER"),
        AddOnSeed(
            _name("papertrail"),
            "papertrail",
            "papertrail:choklad",
            "PAPERTRAIL",
            {"PAPERTRAIL_API_TOKEN": secrets.token_hex(20)},
            lent_to=[STAGING],
        ),
        AddOnSeed(_name("sendgrid"), "sendgrid", "sendgrid:starter", "SENDGRID", mail),
        AddOnSeed(_name("frobnicator"), "frobnicator", "frobnicator:basic", "FROBNICATOR", unknown),
    ]


def _postgres(database: PostgresSeed, plan: str, cents: int) -> AddOnSeed:
    config = {"DATABASE_URL": database.url}
    name = _name("postgresql")
    return AddOnSeed(name, "heroku-postgresql", plan, "DATABASE", config, database, cents)


def _private_key() -> str:
    return (
        ed25519.Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _name(service: str) -> str:
    return f"{service}-{secrets.choice(('curved', 'cubic', 'silent'))}-{secrets.randbelow(90000)}"


def _label() -> str:
    return f"{secrets.choice(('quiet', 'rocky', 'tidy'))}-fjord-{secrets.token_hex(10)}"
