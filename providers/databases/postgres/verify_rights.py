"""May the application's role do and see in the target what it may in the source?

The role is the one of each side's connection: what the app signs in as. Grants to other roles are
not copied; they are named, and count as a difference only for roles that somebody asked about.
"""

# ruff: noqa: S608  own constants, and names quoted by the server
import contextlib
from collections.abc import Sequence

from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.errors import DatabaseTrouble
from providers.databases.postgres.pair import Pair
from providers.databases.postgres.session import Session
from wizard.model.database import Check
from wizard.safety.clean import clean

Rights = dict[str, set[str]]

_CLASS = NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")
_PROC = NOT_EXTENSION.format(catalog="pg_catalog.pg_proc", oid="p.oid")
_FROM_CLASS = "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
_NAME = "format('%I.%I', n.nspname, c.relname)"
_TABLES = f"c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND {USER_SCHEMAS}"

# What the role may do, object by object; owning it is one of the things.
OWN = f"""
    SELECT 'schema ' || quote_ident(n.nspname), array_remove(ARRAY[
        CASE WHEN has_schema_privilege(n.oid, 'USAGE') THEN 'USAGE' END,
        CASE WHEN has_schema_privilege(n.oid, 'CREATE') THEN 'CREATE' END], NULL)
    FROM pg_catalog.pg_namespace n WHERE {USER_SCHEMAS}
    UNION ALL SELECT {_NAME}, array_remove(ARRAY[
        CASE WHEN has_table_privilege(c.oid, 'SELECT') THEN 'SELECT' END,
        CASE WHEN has_table_privilege(c.oid, 'INSERT') THEN 'INSERT' END,
        CASE WHEN has_table_privilege(c.oid, 'UPDATE') THEN 'UPDATE' END,
        CASE WHEN has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END,
        CASE WHEN pg_has_role(c.relowner, 'USAGE') THEN 'own' END], NULL)
    {_FROM_CLASS} WHERE {_TABLES} AND {_CLASS}
    UNION ALL SELECT 'sequence ' || {_NAME}, array_remove(ARRAY[
        CASE WHEN has_sequence_privilege(c.oid, 'USAGE') THEN 'USAGE' END], NULL)
    {_FROM_CLASS} WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND {USER_SCHEMAS} AND {_CLASS}
    UNION ALL SELECT 'function ' || p.oid::regprocedure, array_remove(ARRAY[
        CASE WHEN has_function_privilege(p.oid, 'EXECUTE') THEN 'EXECUTE' END], NULL)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE {USER_SCHEMAS} AND {_PROC}"""

WHO = "SELECT current_user::text"
ROLES = "SELECT rolname::text FROM pg_roles"
# Tables of which the role may see a part only.
GUARDED = (
    f"SELECT {_NAME} {_FROM_CLASS} WHERE c.relkind = 'r' AND {USER_SCHEMAS}"
    f" AND c.relrowsecurity AND {_CLASS} ORDER BY 1"
)
_ROWS_SEEN = "SELECT count(*) FROM ONLY "
# What `rows_as_role` asks about each of them.
GUARDED_QUESTIONS = f"SELECT '{_ROWS_SEEN}' || g.name FROM ({GUARDED}) g(name)"

# Who was granted what, beyond the owner and the role itself; grantee 0 is PUBLIC.
GRANTED = f"""
    SELECT coalesce(r.rolname, 'PUBLIC')::text, g.name || ': ' || g.privilege_type FROM (
        SELECT {_NAME} AS name, c.relowner AS owner, x.grantee, x.privilege_type
        {_FROM_CLASS}, LATERAL aclexplode(c.relacl) x
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
          AND {USER_SCHEMAS} AND {_CLASS}
        UNION ALL SELECT {_NAME} || '.' || quote_ident(a.attname), c.relowner, x.grantee,
            x.privilege_type
        {_FROM_CLASS} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid,
            LATERAL aclexplode(a.attacl) x WHERE {_TABLES} AND {_CLASS}
        UNION ALL SELECT 'schema ' || quote_ident(n.nspname), n.nspowner, x.grantee,
            x.privilege_type
        FROM pg_catalog.pg_namespace n, LATERAL aclexplode(n.nspacl) x
        WHERE {USER_SCHEMAS} AND n.nspname <> 'public') g
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
    WHERE g.grantee <> g.owner AND coalesce(r.rolname, '') <> current_user"""


async def rights(pair: Pair, roles: Sequence[str]) -> list[Check]:
    """One check for the application's role and one per other role that holds grants."""
    return [*await _own_rights(pair), *await _grants_to_others(pair, roles)]


async def _own_rights(pair: Pair) -> list[Check]:
    async def held(session: Session) -> Rights:
        return {name: set(words) for name, words in await session.rows(OWN)}

    left, right = await pair.both(held)
    names = await pair.both(lambda s: s.value(WHO))
    lacking = {
        name: sorted(words - right[name])
        for name, words in sorted(left.items())
        # What is missing altogether is named by the schema's comparison.
        if name in right and words - right[name]
    }
    checks = [
        Check(
            kind="grant",
            subject=clean(name, 300),
            result="different",
            source=clean(names[0], 63),
            target=clean(names[1], 63),
            detail=f"the role may not {', '.join(words)} here, as it may in the source",
        )
        for name, words in lacking.items()
    ]
    if not checks:
        what = f"{len(left)} objects"
        checks.append(Check(kind="grant", subject="rights of the role", result="same", source=what))
    return checks


async def _grants_to_others(pair: Pair, roles: Sequence[str]) -> list[Check]:
    async def granted(session: Session) -> Rights:
        found: Rights = {}
        for role, what in await session.rows(GRANTED):
            found.setdefault(role, set()).add(what)
        return found

    left, right = await pair.both(granted)
    checks = []
    known = {row[0] for row in await pair.source.rows(ROLES)}
    for role in sorted(set(roles) - known - left.keys()):
        checks.append(
            Check(
                kind="grant",
                subject=clean(f"grants to {role}", 100),
                result="unfinished",
                detail="the source has no role of this name",
            )
        )
    for role in sorted(left.keys() | (set(roles) & known)):
        wanted = left.get(role, set())
        missing = sorted(wanted - right.get(role, set()))
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        lacks = f"not granted in the target: {', '.join(missing[:3])}{more}"
        explained = lacks + "; grants to other roles are not copied, give those that are wanted"
        asked = role in roles
        checks.append(
            Check(
                kind="grant",
                subject=clean(f"grants to {role}", 100),
                result="same" if not missing else "different" if asked else "explained",
                source=str(len(wanted)),
                target=str(len(wanted) - len(missing)),
                detail="" if not missing else clean(lacks if asked else explained, 600),
            )
        )
    return checks


async def rows_as_role(pair: Pair) -> list[Check]:
    """Row counts with row security in force, of every table that has it: what the app sees."""

    async def tables(session: Session) -> list[str]:
        return [str(row[0]) for row in await session.rows(GUARDED)]

    left, right = await pair.both(tables)
    both = [name for name in left if name in right]
    if not both:
        return []

    async def counts(session: Session) -> list[int]:
        await session.value("SELECT set_config('row_security', 'on', false)")
        try:
            return [int(await session.value(f"{_ROWS_SEEN}{name}")) for name in both]
        finally:
            # In a transaction that failed it is taken back with the transaction.
            with contextlib.suppress(DatabaseTrouble):
                await session.value("SELECT set_config('row_security', 'off', false)")

    there, here = await pair.both(counts)
    return [
        Check(
            kind="rows-as-role",
            subject=name,
            result="same" if there[at] == here[at] else "different",
            source=str(there[at]),
            target=str(here[at]),
            detail="" if there[at] == here[at] else "the app's role sees another number of rows",
        )
        for at, name in enumerate(both)
    ]
