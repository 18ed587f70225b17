"""Every object of a schema with its normalised definition, so that two schemas can be compared."""

# ruff: noqa: S608  own constants only
import hashlib
from dataclasses import dataclass

from providers.databases.postgres.catalog import NOT_EXTENSION, USER_SCHEMAS
from providers.databases.postgres.session import Session


@dataclass(frozen=True)
class SchemaObject:
    """`kind` in words, `name` qualified and quoted, `definition` comparable as text."""

    kind: str
    name: str
    definition: str


@dataclass(frozen=True)
class PlacedExtension:
    """An installed extension: its version and the schema that holds its objects."""

    version: str
    schema: str


INSTALLED = "SELECT extname::text, extversion FROM pg_catalog.pg_extension"
PLACED = (
    "SELECT e.extname::text, e.extversion, n.nspname::text FROM pg_catalog.pg_extension e"
    " JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace"
)
# Through JSON, since these columns have other names in every second version.
LOCALE = (
    "SELECT pg_encoding_to_char(d.encoding), d.datcollate::text, d.datctype::text,"
    " CASE coalesce(to_jsonb(d) ->> 'datlocprovider', 'c')"
    "   WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' ELSE 'builtin' END,"
    " coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')"
    " FROM pg_catalog.pg_database d WHERE d.datname = current_database()"
)
_CLASS = NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="c.oid")
_FROM_CLASS = "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
_RELATION = "format('%I.%I', n.nspname, c.relname)"


def _parts(major: int) -> list[str]:
    generated = "a.attgenerated" if major >= 12 else "''"
    # From version 17 on a partition shows its parent's identity, before it shows none.
    identity = "CASE WHEN c.relispartition THEN '' ELSE a.attidentity END" if major >= 10 else "''"
    return [
        f"""SELECT 'schema', quote_ident(n.nspname), '' FROM pg_catalog.pg_namespace n
        WHERE {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_namespace", oid="n.oid")}""",
        f"""SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table'
            WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
            END, {_RELATION}, concat_ws(' | ', c.relpersistence::text,
            array_to_string(c.reloptions, ','), pg_get_partkeydef(c.oid),
            pg_get_expr(c.relpartbound, c.oid), 'rls=' || c.relrowsecurity,
            'force=' || c.relforcerowsecurity, 'identity=' || c.relreplident::text,
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
            (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno)
             FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid))
        {_FROM_CLASS} WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
          AND {USER_SCHEMAS} AND {_CLASS}""",
        f"""SELECT 'column', {_RELATION} || '.' || quote_ident(a.attname), concat_ws(' | ',
            format_type(a.atttypid, a.atttypmod), 'not null=' || a.attnotnull,
            'generated=' || ({generated})::text, 'identity=' || ({identity})::text,
            'storage=' || a.attstorage::text,
            'collation=' || (SELECT l.collname FROM pg_catalog.pg_collation l
                WHERE l.oid = a.attcollation AND l.collname <> 'default'),
            'default=' || pg_get_expr(d.adbin, d.adrelid),
            'options=' || (SELECT string_agg(o, ',') FROM unnest(a.attoptions) o
                WHERE left(o, 10) = 'n_distinct'),
            'statistics=' || nullif(coalesce(a.attstattarget, -1), -1),
            'position=' || (SELECT count(*) FROM pg_catalog.pg_attribute b
                WHERE b.attrelid = a.attrelid AND b.attnum BETWEEN 1 AND a.attnum
                  AND NOT b.attisdropped))
        {_FROM_CLASS} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
          AND NOT a.attisdropped
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'f', 'c') AND c.relpersistence <> 't'
          AND {USER_SCHEMAS} AND {_CLASS}""",
        f"""SELECT 'index', format('%I.%I', n.nspname, c.relname), concat_ws(' | ',
            pg_get_indexdef(i.indexrelid), 'primary=' || i.indisprimary, 'valid=' || i.indisvalid,
            'ready=' || i.indisready, 'clustered=' || i.indisclustered)
        {_FROM_CLASS} JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
        JOIN pg_catalog.pg_class o ON o.oid = i.indrelid AND o.relpersistence <> 't'
        WHERE {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_class", oid="o.oid")}""",
        # Version 18 lists NOT NULL as constraints; they are compared with their columns.
        f"""SELECT 'constraint', {_RELATION} || '.' || quote_ident(k.conname),
            concat_ws(' | ', pg_get_constraintdef(k.oid), 'validated=' || k.convalidated)
        {_FROM_CLASS} JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid
        WHERE k.contype IN ('p', 'u', 'x', 'f', 'c') AND {USER_SCHEMAS} AND {_CLASS}""",
        f"""SELECT 'trigger', {_RELATION} || '.' || quote_ident(t.tgname),
            pg_get_triggerdef(t.oid) || ' | enabled=' || t.tgenabled::text
        {_FROM_CLASS} JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid
        WHERE NOT t.tgisinternal AND {USER_SCHEMAS} AND {_CLASS}""",
        f"""SELECT 'rule', {_RELATION} || '.' || quote_ident(r.rulename),
            pg_get_ruledef(r.oid) || ' | enabled=' || r.ev_enabled::text
        {_FROM_CLASS} JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid
        WHERE r.rulename <> '_RETURN' AND {USER_SCHEMAS} AND {_CLASS}""",
        f"""SELECT 'policy', {_RELATION} || '.' || quote_ident(p.polname), concat_ws(' | ',
            p.polcmd::text, p.polpermissive::text,
            (SELECT string_agg(CASE o WHEN 0 THEN 'public' ELSE o::regrole::text END, ','
                ORDER BY o::regrole::text) FROM unnest(p.polroles) o),
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        {_FROM_CLASS} JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid WHERE {USER_SCHEMAS}""",
        f"""SELECT 'sequence', {_RELATION}, concat_ws(' | ', s.seqtypid::regtype::text,
            s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle,
            (SELECT string_agg(d.refobjid::regclass::text || '.' || a.attname, ',')
             FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a
               ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
             WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
               AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0))
        {_FROM_CLASS} JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
        WHERE c.relpersistence <> 't' AND {USER_SCHEMAS} AND {_CLASS}""",
        f"""SELECT 'function', p.oid::regprocedure::text, CASE WHEN p.prokind IN ('f', 'p', 'w')
            THEN pg_get_functiondef(p.oid) ELSE concat_ws(' | ', 'aggregate',
            (SELECT concat_ws(' ', g.aggtransfn, g.aggfinalfn, g.agginitval)
             FROM pg_catalog.pg_aggregate g WHERE g.aggfnoid = p.oid)) END
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_proc", oid="p.oid")}""",
        f"""SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range'
            ELSE 'composite type' END, format('%I.%I', n.nspname, t.typname), concat_ws(' | ',
            (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
             FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid),
            CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
            t.typnotnull::text, t.typdefault,
            (SELECT string_agg(k.conname || ' ' || pg_get_constraintdef(k.oid), ','
                    ORDER BY k.conname) FROM pg_catalog.pg_constraint k
             WHERE k.contypid = t.oid AND k.contype = 'c'),
            (SELECT format_type(r.rngsubtype, NULL) FROM pg_catalog.pg_range r
             WHERE r.rngtypid = t.oid))
        FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
        WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
          AND {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_type", oid="t.oid")}""",
        f"""SELECT 'statistics object', format('%I.%I', n.nspname, s.stxname),
            pg_get_statisticsobjdef(s.oid)
        FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n
          ON n.oid = s.stxnamespace WHERE {USER_SCHEMAS}""",
        f"""SELECT 'comment', i.type || ' ' || i.identity, d.description
        FROM pg_catalog.pg_description d JOIN pg_catalog.pg_class c ON c.oid = d.objoid
          AND d.classoid = 'pg_catalog.pg_class'::regclass
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
        LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) i
        WHERE {USER_SCHEMAS} AND {_CLASS}""",
        f"""SELECT 'comment', i.type || ' ' || i.identity, d.description
        FROM pg_catalog.pg_description d
        LEFT JOIN pg_catalog.pg_proc p
          ON p.oid = d.objoid AND d.classoid = 'pg_catalog.pg_proc'::regclass
        LEFT JOIN pg_catalog.pg_type t
          ON t.oid = d.objoid AND d.classoid = 'pg_catalog.pg_type'::regclass
        JOIN pg_catalog.pg_namespace n ON n.oid = coalesce(p.pronamespace, t.typnamespace),
        LATERAL pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) i
        WHERE {USER_SCHEMAS} AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')""",
        # Through JSON, since the columns of locales have other names in every second version.
        f"""SELECT 'collation', format('%I.%I', n.nspname, l.collname), concat_ws(' | ',
            l.collprovider::text, l.collcollate::text, l.collctype::text,
            to_jsonb(l) ->> 'collisdeterministic',
            coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale'))
        FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
        WHERE {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_collation", oid="l.oid")}""",
        f"""SELECT 'operator', o.oid::regoperator::text, concat_ws(' | ',
            o.oprcode::text, o.oprrest::text, o.oprjoin::text, o.oprcanmerge, o.oprcanhash)
        FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
        WHERE {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_operator", oid="o.oid")}""",
        f"""SELECT 'cast', k.castsource::regtype || ' as ' || k.casttarget::regtype,
            concat_ws(' | ', k.castfunc::regprocedure::text, k.castcontext::text,
            k.castmethod::text)
        FROM pg_catalog.pg_cast k WHERE k.oid >= 16384
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_cast", oid="k.oid")}""",
        f"""SELECT 'text search', format('%I.%I', n.nspname, f.cfgname),
            (SELECT string_agg(concat_ws(' ', m.maptokentype, m.mapseqno,
                m.mapdict::regdictionary), ',' ORDER BY m.maptokentype, m.mapseqno)
             FROM pg_catalog.pg_ts_config_map m WHERE m.mapcfg = f.oid)
        FROM pg_catalog.pg_ts_config f JOIN pg_catalog.pg_namespace n ON n.oid = f.cfgnamespace
        WHERE {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_ts_config", oid="f.oid")}""",
        f"""SELECT 'text search dictionary', format('%I.%I', n.nspname, d.dictname),
            d.dictinitoption
        FROM pg_catalog.pg_ts_dict d JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace
        WHERE {USER_SCHEMAS}
          AND {NOT_EXTENSION.format(catalog="pg_catalog.pg_ts_dict", oid="d.oid")}""",
    ]


def schema_sql(major: int) -> str:
    """SQL for (kind, name, definition) of every object."""
    return " UNION ALL ".join(_parts(major))


async def schema_objects(session: Session) -> dict[tuple[str, str], SchemaObject]:
    """All objects by (kind, name), in one round trip. Needs version 11; extensions apart."""
    rows = await session.rows(schema_sql(session.major))
    return {(row[0], row[1]): SchemaObject(row[0], row[1], row[2] or "") for row in rows}


async def placed_extensions(session: Session) -> dict[str, PlacedExtension]:
    """Installed extensions with version and schema."""
    rows = await session.rows(PLACED)
    return {name: PlacedExtension(version, schema) for name, version, schema in rows}


async def locale(session: Session) -> tuple[str, str]:
    """The encoding; and collation, character classes, provider and its locale in one text."""
    encoding, *rest = await session.row(LOCALE)
    return str(encoding), " ".join(str(part) for part in rest if part)


async def extensions(session: Session) -> dict[str, str]:
    """Installed extensions and their versions."""
    rows = await session.rows(INSTALLED)
    return {str(name): str(version) for name, version in rows}


def schema_hash(objects: dict[tuple[str, str], SchemaObject]) -> str:
    """A hash over all definitions: changes when anything of the schema does."""
    digest = hashlib.sha256()
    for key in sorted(objects):
        digest.update(repr((*key, objects[key].definition)).encode())
    return digest.hexdigest()
