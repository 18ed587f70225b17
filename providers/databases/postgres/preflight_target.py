"""Preflight of the target against the source: client, versions, extensions, freshness."""

from collections.abc import Sequence

from providers import bundled_postgres
from providers.databases.postgres import marker, preflight_both, preflight_room
from providers.databases.postgres.catalog import AZURE_ONLY
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.schema_objects import locale
from providers.databases.postgres.session import Session
from wizard.errors import MachineError
from wizard.model.database import Finding
from wizard.safety.clean import clean

_OLDEST_SOURCE = 11
SAME_SERVER = (
    "SELECT (SELECT oid::bigint FROM pg_catalog.pg_database WHERE datname = current_database()),"
    " pg_postmaster_start_time()::text, (SELECT system_identifier FROM pg_control_system())"
)
EXTENSIONS = (
    "SELECT e.extname::text, e.extversion, n.nspname::text FROM pg_catalog.pg_extension e"
    " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace ORDER BY 1"
)


async def findings(source: Session, target: Session) -> list[Finding]:
    """What only both sides together tell."""
    return [
        *await _programs(source),
        *await _same_database(source, target),
        *_versions(source, target),
        *await rights(target),
        *await freshness(target),
        *await _encoding(source, target),
        *await _extensions(source, target),
        *await preflight_both.findings(source, target),
        *await preflight_room.findings(source, target),
    ]


async def _programs(source: Session) -> list[Finding]:
    try:
        await bundled_postgres.newest_pg_dump(source.major)
    except MachineError as error:
        return [
            Finding(
                rule="DB1",
                severity="block",
                subject="pg_dump",
                detail=f"{error.title}; {error.detail}",
                remedy=error.hint,
                otherwise="an older pg_dump refuses to read a newer server",
            )
        ]
    return []


async def _same_database(source: Session, target: Session) -> list[Finding]:
    try:
        if await source.row(SAME_SERVER) != await target.row(SAME_SERVER):
            return []
    except DatabaseTrouble as trouble:
        if trouble.kind != "permission":
            raise
        return [_may_be_the_same(trouble)]
    return [
        Finding(
            rule="DB25",
            severity="block",
            subject="target",
            detail="source and target are the same database",
            remedy="give the new database's connection as the target",
            otherwise="the copy refuses to fill a database that holds something",
        )
    ]


def _may_be_the_same(trouble: DatabaseTrouble) -> Finding:
    return Finding(
        rule="DB25",
        severity="warn",
        subject="target",
        detail="not known: whether source and target are the same database"
        f" (this role may not look: {trouble.bare_detail})",
        remedy="look at both addresses",
        otherwise="the copy refuses to fill a database that holds something",
    )


def _versions(source: Session, target: Session) -> list[Finding]:
    found = []
    if source.major < _OLDEST_SOURCE:
        found.append(
            Finding(
                rule="DB2",
                severity="block",
                subject=f"version {source.major}",
                detail=f"servers before version {_OLDEST_SOURCE} are not supported as a source",
                remedy="upgrade the source first",
                otherwise="the schema cannot be read as a whole",
            )
        )
    if target.major < source.major:
        found.append(
            Finding(
                rule="DB16",
                severity="warn",
                subject=f"version {source.major} to {target.major}",
                detail="the target is older than the source: newer features may be refused",
                remedy=f"make the target with version {source.major} or newer",
                otherwise="a rehearsal shows whether the schema can be made",
            )
        )
    return found


async def rights(target: Session) -> list[Finding]:
    """Whether this role may write there at all."""
    read_only, recovering, create, user = await target.row(
        "SELECT current_setting('default_transaction_read_only')::boolean, pg_is_in_recovery(),"
        " has_database_privilege(current_database(), 'CREATE'), current_user::text"
    )
    if not (read_only or recovering or not create):
        return []
    why = "it is read-only" if read_only or recovering else f"{user} may not create schemas"
    return [
        Finding(
            rule="DB21",
            severity="block",
            subject="target",
            detail=f"the target cannot be written to: {why}",
            remedy="use the database owner's credentials of the primary",
            otherwise="the copy stops at its first statement",
        )
    ]


async def freshness(target: Session) -> list[Finding]:
    """Whether something is in it already, and whose."""
    move = await marker.owner(target)
    if move is not None:
        return [
            Finding(
                rule="DB4",
                severity="warn",
                subject="target",
                detail=f"it holds the copy of move {move}: only that move may fill it again",
                remedy="moveday database clean, when nobody needs that copy any more",
                otherwise="another move refuses to touch it",
            )
        ]
    names = await marker.contents(target)
    if not names:
        return []
    return [
        Finding(
            rule="DB4",
            severity="block",
            subject="target",
            detail=f"it is not fresh: it holds {', '.join(names)}",
            remedy="give a new database",
            otherwise="the copy refuses to touch it",
        )
    ]


async def _encoding(source: Session, target: Session) -> list[Finding]:
    (left, left_locale), (right, right_locale) = await locale(source), await locale(target)
    found = []
    if left != right:
        safe = right == "UTF8" and left != "SQL_ASCII"
        found.append(
            Finding(
                rule="DB5",
                severity="warn" if safe else "block",
                subject=f"{left} to {right}",
                detail="text is converted on its way"
                if safe
                else "not every character of the source exists in the target's encoding",
                remedy="nothing is to be done" if safe else f"make the target with encoding {left}",
                otherwise="checksums are made from converted text, which takes longer",
            )
        )
    if left_locale != right_locale:
        found.append(
            Finding(
                rule="DB17",
                severity="warn",
                subject=clean(f"{left_locale} to {right_locale}", 200),
                detail="the default sort order may differ: users may see lists in another order",
                remedy="name a collation in the queries where the order matters",
                otherwise="no row differs, and indexes are built anew: only the order may",
            )
        )
    return found


async def _extensions(source: Session, target: Session) -> list[Finding]:
    wanted = await source.rows(EXTENSIONS)
    there = await _offered(target)
    found = []
    for name, version, schema in wanted:
        if name.startswith(AZURE_ONLY):
            continue  # left behind, and named among what is
        where = "" if schema in ("public", "pg_catalog") else f" (in schema {schema})"
        if (refused := _refused(there, name, where)) is not None:
            found.append(refused)
            if name not in there:
                continue
        elif (there[name][1] or there[name][0]) != version:
            found.append(
                Finding(
                    rule="DB26",
                    severity="info",
                    subject=name,
                    detail=f"version {version} in the source, {there[name][1] or there[name][0]}"
                    " in the target",
                    remedy="read the extension's notes about what changed between the two",
                    otherwise="its functions may answer otherwise than before",
                )
            )
        if schema == "heroku_ext":
            found.append(
                Finding(
                    rule="DB27",
                    severity="warn",
                    subject=name,
                    detail="it lies in Heroku's schema heroku_ext, which is made in the target too",
                    remedy='ALTER DATABASE … SET search_path = "$user", public, heroku_ext',
                    otherwise="queries that use it without naming the schema fail",
                )
            )
    return found


async def offered(target: Session, names: Sequence[str]) -> list[Finding]:
    """Which of these extensions the target does not offer, or not to this role."""
    there = await _offered(target)
    return [refused for name in names if (refused := _refused(there, name)) is not None]


async def _offered(target: Session) -> dict[str, tuple[str, str | None, bool]]:
    """Extension → default version, installed version, whether this role may install it."""
    trusted = "bool_or(v.trusted)" if target.major >= 13 else "false"
    rows = await target.rows(
        "SELECT a.name::text, a.default_version, a.installed_version,"  # noqa: S608  own words
        f" {trusted} OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)"
        " OR NOT bool_and(v.superuser)"
        " FROM pg_catalog.pg_available_extensions a"
        " LEFT JOIN pg_catalog.pg_available_extension_versions v"
        " ON v.name = a.name AND v.version = a.default_version GROUP BY 1, 2, 3"
    )
    return {name: (default, installed, allowed) for name, default, installed, allowed in rows}


def _refused(
    there: dict[str, tuple[str, str | None, bool]], name: str, where: str = ""
) -> Finding | None:
    if name not in there:
        return Finding(
            rule="DB3",
            severity="block",
            subject=name,
            detail=f"the target does not offer this extension{where}",
            remedy="ask the platform for it, or remove it from the source",
            otherwise="types, functions and indexes that need it cannot be made",
        )
    _, installed, allowed = there[name]
    if installed is not None or allowed:
        return None
    return Finding(
        rule="DB15",
        severity="block",
        subject=name,
        detail="only a superuser can install this extension in the target",
        remedy="ask the platform to install it in the target first",
        otherwise="the schema cannot be made in the target",
    )
