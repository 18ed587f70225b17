"""What stays behind in the source, named before it is left: the residue of a copy."""

# ruff: noqa: S608  own constants only
from providers.databases.postgres.catalog import AZURE_ONLY, MARKER_SCHEMA, USER_SCHEMAS
from providers.databases.postgres.preflight_rules import CLASS, FROM_CLASS, NAME, USERS, Rule
from providers.databases.postgres.verify_rights import GRANTED

_OWN_ROLE = "(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)"

RULES = (
    Rule(
        "DB8",
        "warn",
        "left behind: event triggers, since only a superuser can make them",
        "SELECT evtname::text FROM pg_catalog.pg_event_trigger",
        "make them in the target by hand if they are wanted",
        "what they did at every change of the schema no longer happens",
    ),
    Rule(
        "DB18",
        "warn",
        "left behind: publications and subscriptions",
        "SELECT pubname::text FROM pg_catalog.pg_publication UNION ALL SELECT s.subname::text"
        " FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid"
        " WHERE d.datname = current_database()",
        "make them in the target by hand if they are wanted",
        "whoever follows this database, or is followed by it, stays with the old one",
    ),
    Rule(
        "DB19",
        "warn",
        "left behind: settings of the database or of its roles in it",
        """SELECT split_part(setting, '=', 1) FROM pg_catalog.pg_db_role_setting s
           JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) setting
           WHERE d.datname = current_database()""",
        "set them in the target by ALTER DATABASE (search_path above all)",
        "the app may not find tables or extensions in other schemas",
    ),
    Rule(
        "DB23",
        "warn",
        "left behind: indexes that are not valid in the source",
        f"""SELECT {NAME} {FROM_CLASS} JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
            WHERE NOT i.indisvalid AND {USER_SCHEMAS}""",
        "drop or rebuild them in the source first",
        "verification names them as missing",
    ),
    Rule(
        "DB29",
        "info",
        "left behind: schemas of the platform's or of moveday's own",
        "SELECT quote_ident(nspname) FROM pg_catalog.pg_namespace"
        f" WHERE nspname IN ('_heroku', '{MARKER_SCHEMA}')",
        "nothing is to be done",
        "what the platform keeps there serves only itself",
    ),
    Rule(
        "DB30",
        "info",
        "left behind: other owners; in the target the role that copies owns everything",
        f"""SELECT DISTINCT pg_get_userbyid(c.relowner)::text {FROM_CLASS}
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {USERS}
              AND c.relowner <> {_OWN_ROLE}""",
        "ALTER … OWNER TO in the target where another owner is wanted",
        "only the role that copies can change or drop the tables",
    ),
    Rule(
        "DB31",
        "warn",
        "left behind: what was granted to other roles",
        f"SELECT DISTINCT role FROM ({GRANTED}) g(role, what)",
        "make these roles in the target and grant what is wanted"
        " (verify --role NAME says what is missing)",
        "a program that signs in as one of them is refused",
    ),
    Rule(
        "DB32",
        "warn",
        "left behind: default privileges of roles",
        "SELECT DISTINCT pg_get_userbyid(defaclrole)::text FROM pg_catalog.pg_default_acl",
        "ALTER DEFAULT PRIVILEGES in the target, before the next migration makes tables",
        "tables made from then on are not granted to anybody",
    ),
    Rule(
        "DB35",
        "warn",
        "left behind: user mappings of foreign servers, which hold passwords",
        "SELECT srvname || ' for ' || usename FROM pg_catalog.pg_user_mappings",
        "CREATE USER MAPPING in the target",
        "foreign tables cannot be read",
    ),
    Rule(
        "DB38",
        "info",
        "left behind: tablespaces; everything goes to the target's default one",
        f"""SELECT DISTINCT s.spcname::text {FROM_CLASS}
            JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace WHERE {USER_SCHEMAS}
            AND {CLASS}""",
        "nothing, unless the disks differed on purpose",
        "one disk has to hold all of it",
    ),
    Rule(
        "DB70",
        "info",
        "left behind: extensions of Azure's own, which no other server has",
        "SELECT extname::text FROM pg_catalog.pg_extension WHERE "
        + " OR ".join(f"left(extname, {len(name)}) = '{name}'" for name in AZURE_ONLY),
        "look whether a function or a job of yours calls them",
        "what calls them fails on the new side",
    ),
    # `azure_pg_admin` is the administrators' group there, `azure_superuser` Microsoft's own (its
    # concepts-servers); that other roles of theirs begin so too is inferred.
    Rule(
        "DB71",
        "info",
        "left behind: roles of Azure's own; its administrators are no superusers",
        "SELECT rolname::text FROM pg_catalog.pg_roles WHERE left(rolname, 5) = 'azure'",
        "CREATE ROLE in the target for those the app needs; where a script of Azure's says"
        " NOSUPERUSER or NOBYPASSRLS, leave these words out: only a superuser may say them",
        "a script that names them stops there",
    ),
    Rule(
        "DB55",
        "warn",
        "left behind: security labels",
        "SELECT DISTINCT provider FROM pg_catalog.pg_seclabel",
        "install the label provider in the target and label again",
        "what the labels forbade is allowed",
    ),
)
