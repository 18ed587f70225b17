"""One app of a cluster as its plan moves it: its facts as a source tells them, without a server."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr

from providers.containers.one_app import one_app
from providers.sources.compose import look
from tests.wizard.rules.mapping_examples import IMAGES, RATES, STACK
from wizard.clock import SYSTEM_CLOCK
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.model.plan import DatabaseChoice, Plan, SourceChoice, TargetChoice
from wizard.rules.mapping import build_mapping
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.variables import decide_variables

PASSWORD = "password-of-the-clinics-database-4711"
HOST = "northside-prod.postgres.database.azure.com"
IMAGE = "registry.example.net/northside/portal:4.12.0"
SERVICES = f"""\
x-shared: &shared
  image: {IMAGE}
  environment: &own
    DATABASE_URL: postgres://portal:{PASSWORD}@{HOST}:5432/portal?sslmode=require
    REDIS_URL: redis://cache:6379/0
    SESSION_KEY_FILE: /run/secrets/session_key
    APP_URL: https://www.northside-clinic.example
  secrets: [session_key]
services:
  portal:
    <<: *shared
    command: gunicorn portal.wsgi --bind 0.0.0.0:8000
    configs: [{{source: portal_settings, target: /srv/portal/settings.ini}}]
    volumes: ["portal_uploads:/srv/portal/uploads"]
    deploy:
      replicas: 2
      resources: {{limits: {{memory: 768M}}}}
      labels:
        traefik.http.routers.p.rule: >-
          Host(`northside-clinic.example`, `www.northside-clinic.example`)
        traefik.http.services.p.loadbalancer.server.port: "8000"
  worker:
    <<: *shared
    command: celery -A portal worker
  scheduler:
    <<: *shared
    command: supercronic /etc/nightly.cron
    deploy: {{replicas: 1, placement: {{constraints: [node.role==manager]}}}}
  cache:
    image: redis:7.2-alpine
    volumes: ["cache_data:/data"]
  reports:
    image: registry.example.net/northside/reports:1
    environment: {{PORTAL: "http://portal:8000/internal"}}
volumes: {{portal_uploads: {{}}, cache_data: {{}}}}
secrets: {{session_key: {{external: true}}}}
configs: {{portal_settings: {{external: true}}}}
"""


@cache
def _read(services: str) -> tuple[Inventory, dict[str, SecretStr]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "compose.yaml"
        path.write_text(services)
        found, values = look(Path(folder), (path,), (), SYSTEM_CLOCK)
    cluster = found.model_copy(update={"source": "medstack", "app_id": "northside-production"})
    return one_app(cluster, values, "portal")


def portal(services: str = SERVICES) -> tuple[Inventory, dict[str, SecretStr]]:
    """The clinic's portal: inventory, and the values that can be read."""
    found, values = _read(services)
    return found, dict(values)


def portal_plan(**more: Any) -> Plan:
    """The plan that moves it."""
    databases = (
        DatabaseChoice(variable="DATABASE_URL", handle="portal-db", version="17", route="job"),
        DatabaseChoice(
            variable="REDIS_URL", handle="portal-cache", engine="redis", move_data=False
        ),
    )
    return Plan(
        **{
            "source": SourceChoice(kind="medstack", app="portal", cluster="Northside Production"),
            "target": TargetChoice(stack="s", environment="northside", app="portal"),
            "databases": databases,
            "domains": ("northside-clinic.example", "www.northside-clinic.example"),
            "port": 8000,
            **more,
        }
    )


def portal_mapping(plan: Plan, **more: Any) -> Mapping:
    """Its mapping under this plan, as the mapping step works it out."""
    found, values = portal(more.pop("services", SERVICES))
    urls = {
        c.variable: SecretStr("postgresql://aptible:new-pw@db.new.test:5432/db")
        for c in plan.databases
    }
    given = {name: SecretStr(value) for name, value in more.pop("given", {}).items()}
    return build_mapping(
        MappingFacts(
            **{
                "inventory": found,
                "plan": plan,
                "variables": decide_variables(found, values, plan, urls, given),
                "rates": RATES,
                "by_hand": lambda action, **words: f"official {action} {words.get('app', '')}",
                "images": IMAGES,
                "stack": STACK,
                "answers": plan.answers,
                "settled": frozenset(plan.answers),
                "planned": True,
                **more,
            }
        )
    )
