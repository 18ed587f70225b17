"""What the clinic has at MedStack, and where its names lead."""

import secrets

from providers.sandbox.medstack.state import (
    Cluster,
    Company,
    Config,
    MountedSecret,
    Node,
    Secret,
    Service,
    Volume,
)

APEX, WWW = "northside-clinic.example", "www.northside-clinic.example"
MANAGER, OTHER = "203.0.113.40", "203.0.113.41"
CLUSTER, STAGING = "Northside Production", "Northside Staging"
REPOSITORY, TAG = "registry.example.net/northside/portal", "4.12.0"
_IMAGE = f"{REPOSITORY}:{TAG}"
DATABASE_HOST, DATABASE_PORT = "northside-prod.postgres.database.azure.com", 5432
DATABASE = "portal"
"""The database's name, and its owner's."""
DATABASE_PASSWORD = "database_password"  # noqa: S105 - the secret's name


def company() -> Company:
    """The whole account; every secret in it is made anew each time."""
    return Company(name="Northside Clinic", clusters=[_production(), _staging()])


def names() -> dict[str, list[str]]:
    """Name → addresses, while the clinic is on MedStack."""
    return {APEX: [MANAGER], WWW: [MANAGER]}


def _production() -> Cluster:
    password, key = secrets.token_urlsafe(24), secrets.token_hex(32)
    place = f"{DATABASE_HOST}:{DATABASE_PORT}/{DATABASE}"
    database = f"postgres://{DATABASE}:{password}@{place}?sslmode=require"
    session = [MountedSecret("session_key", "session_key", mode=256)]
    shared = {
        "DATABASE_URL": database,
        "REDIS_URL": "redis://cache:6379/0",
        "SESSION_KEY_FILE": "/run/secrets/session_key",
        "APP_URL": f"https://{WWW}",
    }
    return Cluster(
        label=CLUSTER,
        region="Canada Central",
        nodes=[
            Node("manager-1", MANAGER, manager=True, size="D2s_v3"),
            Node("worker-1", OTHER),
        ],
        services=[
            Service(
                name="load-balancer",
                image="traefik:v2.11",
                constraints=["node.role==manager"],
            ),
            Service(
                name="portal",
                image=_IMAGE,
                replicas=2,
                command=["python", "portal.py"],
                env=shared,
                secrets=session,
                configs=[MountedSecret("portal_settings", "/srv/portal/settings.ini")],
                volumes=[Volume("portal_uploads", "/srv/portal/uploads")],
                domains=[APEX, WWW],
                port=8000,
                health="curl -fsS http://localhost:8000/up",
                memory_mb=768,
            ),
            Service(
                name="worker",
                image=_IMAGE,
                command=["python", "worker.py"],
                env=shared,
                secrets=session,
                memory_mb=512,
            ),
            Service(
                name="scheduler",
                image=_IMAGE,
                command=["python", "clock.py"],
                env={"DATABASE_URL": database},
                memory_mb=256,
            ),
            Service(
                name="cache",
                image="redis:7.2-alpine",
                command=["redis-server", "--appendonly", "yes"],
                volumes=[Volume("cache_data", "/data")],
                memory_mb=256,
            ),
        ],
        secrets=[
            Secret("session_key", key),
            Secret(DATABASE_PASSWORD, password),
        ],
        configs=[Config("portal_settings", "[portal]\npage_size = 50\nlanguage = en-CA\n")],
    )


def _staging() -> Cluster:
    return Cluster(
        label=STAGING,
        region="Canada East",
        nodes=[Node("manager-1", "203.0.113.60", manager=True)],
        services=[Service(name="portal", image=_IMAGE, env={"APP_URL": "https://example.test"})],
    )
