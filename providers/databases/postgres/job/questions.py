"""What the job asks the source: word for word what would be asked from here, as a psql script.

Each answer is one line of JSON, `["KEY", [[row], …]],`: the key is the MD5 of the question's text,
so an answer belongs to exactly one question; whoever asks another way finds none (see `answers`).
Questions that depend on what is there (one per table, one about all sequences) are built by the
server, by the same SQL that the laptop has them built by.
"""

# ruff: noqa: S608  own constants only
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from providers.databases.postgres import (
    catalog,
    checksum,
    counters,
    preflight_both,
    preflight_room,
    preflight_source,
    preflight_target,
    probe,
    schema_objects,
    verify,
    verify_rights,
)
from providers.databases.postgres.connection import SESSION_SETTINGS, settings_sql
from providers.databases.postgres.probe import COUNT_SETTINGS
from providers.databases.postgres.steps import literal

VERSION = (
    "SELECT current_setting('server_version_num')::int / 10000,"
    " pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
)
"""The major version, and when the job looked, by the source's clock."""
# From here on the catalogs have the columns that newer questions ask for.
_NEWER = 12
_OLDER = 11
_ROWS = (
    "coalesce(json_agg((SELECT json_agg(v.value ORDER BY v.n) FROM json_each("
    "row_to_json(moveday_row)) WITH ORDINALITY v(key, value, n)))::text, '[]')"
)


REFUSED = "unknown"
"""Stands for the SQLSTATE of a counting query that the server refused."""


@dataclass(frozen=True)
class Question:
    """One query. `since`, `until`: majors (exclusive end) at which this text is asked."""

    sql: str
    since: int = 0
    until: int = 1000


def key_of(sql: str) -> str:
    """The name under which the answer to a question is found."""
    return hashlib.md5(sql.encode(), usedforsecurity=False).hexdigest()


def probe_script() -> str:
    """psql's script for all that facts and preflight ask of a source; in one read-only view."""
    return "\n".join([*_opening(), *_each(_probe()), *_looks(), _END])


def look_script() -> str:
    """psql's script for one look at whether anything still writes: see `counters`.

    Each question has a view of its own, as from here: the horizon must not be older than the counts
    that are read beside it.
    """
    asked = map(Question, (counters.WRITERS, counters.COUNTED, counters.FILES))
    begin = "SET default_transaction_read_only = on;"
    return "\n".join([*_opening(begin=begin), *_each(asked), *_sequences(), _END])


def count_script(queries: Sequence[str]) -> str:
    """psql's script for the app's own counting queries, each read-only and at most ten seconds.

    They go to the server as quoted texts: nothing in them is psql's.
    """
    begin = f"{settings_sql(COUNT_SETTINGS)} \\g /dev/null\nRESET search_path;"
    asked = [line for query in queries for line in _ask_count(asked_count(query))]
    alone = "\\set ON_ERROR_ROLLBACK off"
    return "\n".join([*_opening(begin=begin), alone, *asked, _END])


def asked_count(query: str) -> str:
    """A counting query as it is asked, and as its answer is found."""
    return f"{query.strip().rstrip(';').rstrip()}\n"


def _ask_count(query: str) -> list[str]:
    # Of a statement that it was told by the server to run, psql does not say why it failed.
    return [
        "BEGIN READ ONLY;",
        *_ask_built(f"SELECT {literal(query)}"),
        "\\set refused :ERROR",
        "ROLLBACK;",
        "\\if :refused",
        f'SELECT \'["{key_of(query)}",{{"sqlstate":"{REFUSED}"}}],\';',
        "\\endif",
    ]


def verify_script(form: str) -> str:
    """psql's script for all that a full verification asks of a source, in one read-only view.

    `form` is the checksums' (see `checksum`): "record" becomes "text" at a server too old for it.
    """
    return "\n".join([*_opening(), *_each(_verify()), *_sequences(), *_sums(form), _END])


def view_script() -> str:
    """psql's script that opens the view a copy reads through, and says its name last.

    A sequence's position is not part of a view. Read once, right after: for the answers, and as
    `setval` statements into the file that psql's variable `sequences` names. Into that of `views`
    go the statements that fill the materialized views, in their order.
    """
    question, positions = ":'question'", ":'positions'"
    return "\n".join(
        [
            *_opening("SELECT pg_export_snapshot() AS snapshot \\gset"),
            *_ask(catalog.SEQUENCES_QUESTION),
            f"SELECT coalesce(q.sql, {_quoted(_NO_SEQUENCES)}) AS question FROM (",
            catalog.SEQUENCES_QUESTION,
            ") q(sql) \\gset",
            f"SELECT {_ROWS} AS positions FROM ( :question ) moveday_row \\gset",
            f"SELECT '[\"' || md5(convert_to({question}, 'UTF8')) || '\",' || {positions} || '],';",
            "\\o :sequences",
            "SELECT format('SELECT pg_catalog.setval(%L, %s, %L);', s ->> 0, s ->> 1, s ->> 2)"
            f" FROM json_array_elements({positions}::json) s;",
            "\\o :views",
            "SELECT 'REFRESH MATERIALIZED VIEW ' || v.name || ';' FROM (",
            catalog.POPULATED_VIEWS,
            ") v(name);",
            "\\o",
            # Also when there is none: whoever waits for the line then sees that.
            "\\echo snapshot :snapshot",
            "",
        ]
    )


def rest_of_verify_script(form: str) -> str:
    """What `view_script` has not asked yet, in the same session."""
    return "\n".join([*_each(_verify()), *_sums(form), _END])


_NO_SEQUENCES = "SELECT ''::text, 0, false WHERE false"
_ONE_VIEW = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
_END = "\nSELECT '[\"end\",[]],';\n"


def _opening(first: str = "", begin: str = _ONE_VIEW) -> list[str]:
    """Settings and the view. `first` is run in it before psql sets a savepoint at each statement:
    no view is given away from behind one."""
    return [
        "\\set VERBOSITY sqlstate",
        "\\o /dev/null",
        f"{settings_sql(SESSION_SETTINGS)};",
        "\\o",
        begin,
        *([first] if first else []),
        "\\set ON_ERROR_ROLLBACK on",
        f"SELECT current_setting('server_version_num')::int >= {_NEWER}0000 AS newer,"
        f" current_setting('server_version_num')::int >= {checksum.FIRST_WITH_RECORD_HASH}0000"
        " AS hashes \\gset",
        *_ask(VERSION),
    ]


def _probe() -> Iterator[Question]:
    rules = (*preflight_source.RULES, preflight_both.ROLES, preflight_both.COLLATIONS)
    yield from (Question(rule.query, since=rule.since) for rule in rules)
    yield from map(
        Question,
        (
            *(probe.SERVER, probe.TABLES, schema_objects.INSTALLED, schema_objects.LOCALE),
            *(preflight_target.SAME_SERVER, preflight_target.EXTENSIONS),
            *(preflight_both.SETTINGS, preflight_room.FREE, preflight_room.TIMEOUTS),
            *(preflight_room.SIZE, preflight_source.LOCK_QUESTIONS),
            preflight_source.BEHIND_QUESTION,
        ),
    )
    yield from _by_version(schema_objects.schema_sql(_OLDER), schema_objects.schema_sql(_NEWER))


def _verify() -> Iterator[Question]:
    yield from map(
        Question,
        (
            *(verify.ENCODING, verify.LARGE_OBJECTS, schema_objects.PLACED, schema_objects.LOCALE),
            *(verify_rights.OWN, verify_rights.WHO, verify_rights.GRANTED, verify_rights.ROLES),
            verify_rights.GUARDED,
        ),
    )
    yield from _by_version(checksum.relations_sql(_OLDER), checksum.relations_sql(_NEWER))
    yield from _by_version(schema_objects.schema_sql(_OLDER), schema_objects.schema_sql(_NEWER))


def _by_version(older: str, newer: str) -> Iterator[Question]:
    yield Question(older, until=_NEWER)
    yield Question(newer, since=_NEWER)


def _each(questions: Iterable[Question]) -> Iterator[str]:
    """One after the other; what is only for newer servers, or only for older ones, in brackets."""
    for question in questions:
        newer, older = question.since == _NEWER, question.until == _NEWER
        if older:
            yield from ("\\if :newer", "\\else", *_ask(question.sql), "\\endif")
        elif newer:
            yield from ("\\if :newer", *_ask(question.sql), "\\endif")
        else:
            yield from _ask(question.sql)


def _looks() -> list[str]:
    """What preflight asks of the tables and sequences that it has found."""
    return [
        *_ask_built(f"SELECT q.sql FROM ({preflight_source.LOCK_QUESTIONS}) q(name, sql)"),
        *_ask_built(preflight_source.BEHIND_QUESTION),
    ]


def _sequences() -> list[str]:
    return [*_ask(catalog.SEQUENCES_QUESTION), *_ask_built(catalog.SEQUENCES_QUESTION)]


def _sums(form: str) -> list[str]:
    text = [
        "\\if :newer",
        *_ask_built(checksum.build_queries(_NEWER, "text")),
        "\\else",
        *_ask_built(checksum.build_queries(_OLDER, "text")),
        "\\endif",
    ]
    if form == "record":
        record = _ask_built(checksum.build_queries(_NEWER, "record"))
        text = ["\\if :hashes", *record, "\\else", *text, "\\endif"]
    # With the policies in force, as the app sees its rows.
    guarded = _ask_built(verify_rights.GUARDED_QUESTIONS)
    return [*text, "SET row_security = on;", *guarded, "SET row_security = off;"]


def _ask(sql: str) -> list[str]:
    """One question; what the server refuses is answered by its SQLSTATE alone."""
    key = key_of(sql)
    return [
        f"SELECT '[\"{key}\",' || {_ROWS} || '],' FROM (",
        sql,
        ") moveday_row;",
        "\\if :ERROR",
        f"SELECT '[\"{key}\",{{\"sqlstate\":\"' || :'SQLSTATE' || '\"}}],';",
        "\\endif",
    ]


def _ask_built(building: str) -> list[str]:
    """Every question whose text `building` gives in its one column.

    One that the server refuses has no answer: psql goes on with the next.
    """
    before, middle, after = "SELECT '[\"", f"\",' || {_ROWS} || '],' FROM (", ") moveday_row"
    return [
        f"SELECT {_quoted(before)} || md5(convert_to(b.sql, 'UTF8')) || {_quoted(middle)} || b.sql"
        f" || {_quoted(after)} FROM (",
        building,
        ") b(sql) WHERE b.sql IS NOT NULL",
        "\\gexec",
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
