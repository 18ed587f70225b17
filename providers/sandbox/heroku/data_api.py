"""What does the data host say of a Postgres or a Redis add-on?

The data host's API is not documented; shapes are those the official client and its published
types read (`client/v11`, `postgres/v0`, `redis/v0`). All figures come from the running server.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs
from providers.sandbox.heroku.replies import Json, found, odd_stamp, reply, stable_id
from providers.sandbox.heroku.state import Addon, Database

FIGURES = """
SELECT pg_database_size(current_database()),
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'),
       (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND usename = '{role}'),
       (SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND usename = '{role}' AND wait_event_type = 'Lock'),
       current_setting('server_version'),
       pg_is_in_recovery()
"""
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE usename = '{role}'"
MOST_CONNECTIONS = {"essential": 20, "standard": 120, "premium": 120}


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""

    async def database(request: Request) -> Response:
        addon, record = postgres(context, request)
        return reply(await _database(context, addon, record))

    async def wait_status(request: Request) -> Response:
        postgres(context, request)
        return reply({"message": "available", "waiting?": False})

    async def credentials(request: Request) -> Response:
        addon, record = postgres(context, request)
        sql = SESSIONS.format(role=record.role)
        rows = await context.ground.source_postgres.execute(record.name, sql)
        return reply([_credential(addon, record, rows[0][0])])

    async def schedules(request: Request) -> Response:
        postgres(context, request)
        return reply([])

    async def redis(request: Request) -> Response:
        addon = found(
            context.account.addon(request.path_params["database"]), "database", "database"
        )
        url = found(context.account.redis_urls.get(addon.name), "database", "database")
        return reply(_redis(addon, url))

    one = "/client/v11/databases/{database}"
    return [
        Route(one, needs("read-protected", database)),
        Route(one + "/wait_status", needs("read-protected", wait_status)),
        Route(one + "/transfer-schedules", needs("read-protected", schedules)),
        Route(
            "/postgres/v0/databases/{database}/credentials", needs("read-protected", credentials)
        ),
        Route("/redis/v0/databases/{database}", needs("read-protected", redis)),
    ]


def postgres(context: Context, request: Request) -> tuple[Addon, Database]:
    """The Postgres add-on named in the path by name or id, or 404."""
    key = request.path_params["database"]
    addon = found(context.account.addon(key), "database", "database")
    return addon, found(context.account.database(key), "database", "database")


async def size_of(context: Context, record: Database) -> int:
    """The size of a database in bytes."""
    rows = await context.ground.source_postgres.execute(
        record.name, "SELECT pg_database_size(current_database())"
    )
    return int(str(rows[0][0]))


async def _database(context: Context, addon: Addon, record: Database) -> Json:
    rows = await context.ground.source_postgres.execute(
        record.name, FIGURES.format(role=record.role)
    )
    size, tables, connections, waiting, version, recovering = rows[0]
    essential = addon.plan.startswith("essential")
    title = addon.plan.replace("-", " ").title()
    most = MOST_CONNECTIONS.get(addon.plan.partition("-")[0], 120)
    info = {
        "Plan": [title],
        "Status": ["Available"],
        "Connections": [f"{connections}/{most}"],
        "PG Version": [str(version)],
        "Created": [odd_stamp(addon.created)],
        "Data Size": [f"{int(str(size)) / 1_000_000:.1f} MB"],
        "Tables": [f"{tables}/4000" if essential else tables],
        "Fork/Follow": ["Unsupported" if essential else "Available"],
        "Rollback": ["Unsupported" if essential else "earliest from 4 days ago"],
        "Continuous Protection": ["Off" if essential else "On"],
        "Data Encryption": ["In Use"],
        "Maintenance": ["not required"],
        **context.switches.database_info,
    }
    plan = {"id": stable_id("plan", addon.plan_name), "name": title, "tier": "production"}
    return {
        "addon_id": addon.id,
        "available_for_ingress": True,
        "created_at": odd_stamp(addon.created),
        "database_name": record.name,
        "database_password": record.password,
        "database_user": record.role,
        "following": None,
        "forked_from": None,
        "formation": {"id": stable_id("formation", addon.id), "primary": None},
        "info": [{"name": name, "values": values} for name, values in info.items()],
        "is_in_recovery?": recovering,
        "leader": None,
        "metaas_source": stable_id("metrics", addon.id),
        "name": addon.name,
        "num_bytes": int(str(size)),
        "num_connections": connections,
        "num_connections_waiting": waiting,
        "num_tables": tables,
        "plan": title if essential else plan,
        "port": record.port,
        "postgres_version": f"PostgreSQL {version}",
        "resource_url": record.url,
        "target_transaction": None,
    }


def _credential(addon: Addon, record: Database, connections: object) -> Json:
    return {
        "uuid": stable_id("credential", addon.id),
        "name": "default",
        "state": "active",
        "database": record.name,
        "host": record.host,
        "port": record.port,
        "credentials": [
            {
                "user": record.role,
                "password": record.password,
                "state": "active",
                "connections": connections,
            }
        ],
    }


def _redis(addon: Addon, url: str) -> Json:
    return {
        "addon_id": addon.id,
        "created_at": odd_stamp(addon.created),
        "customer_encryption_key": None,
        "formation": {"id": stable_id("formation", addon.id), "primary": None},
        "info": [
            {"name": "Plan", "values": [addon.plan.title()]},
            {"name": "Status", "values": ["available"]},
            {"name": "Created", "values": [odd_stamp(addon.created)]},
            {"name": "Version", "values": ["8.0.0"]},
            {"name": "Timeout", "values": [300]},
            {"name": "Maxmemory", "values": ["noeviction"]},
            {"name": "Maintenance", "values": ["not required"]},
            {"name": "Persistence", "values": ["AOF"]},
        ],
        "metaas_source": stable_id("metrics", addon.id),
        "name": addon.name,
        "plan": addon.plan_name,
        "port": int(url.rpartition(":")[2].partition("/")[0]),
        "prefer_native_tls": False,
        "resource_url": url,
        "version": "8.0.0",
    }
