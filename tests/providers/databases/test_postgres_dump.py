"""Dumps that people are handed: restored whole, or every entry that is not is named by a rule."""

import bz2
import gzip
from pathlib import Path

import pytest
import pytest_asyncio

from providers import bundled_postgres, process
from providers.databases.postgres import PostgresRestorer, PostgresVerifier
from providers.databases.postgres.connection import program_settings
from providers.databases.postgres.dump import rules
from providers.databases.postgres.dump.format import look_at
from providers.databases.postgres.dump.lexer import Lexer, PsqlCommand, Rows, RowsEnd, Statement
from providers.databases.postgres.errors import DatabaseTrouble
from tests.providers.databases.clusters import Site
from tests.providers.databases.killed_copies import SHAPES
from wizard.errors import BlockedError, CheckFailedError, UsageError
from wizard.model.database import Connection
from wizard.model.dump import DumpRestored

pytestmark = pytest.mark.asyncio(loop_scope="session")
restorer, verifier = PostgresRestorer(), PostgresVerifier()
SMALL = SHAPES.replace("(0, 6000)", "(0, 600)")
MESSY = Path(__file__).with_name("messy_dump.sql")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shapes(left: Site) -> Connection:
    """A small source with one of each. Tests leave it as it is."""
    connection = await left.fresh()
    await left.sql(
        connection,
        f"SET ROLE clinic_owner; {SMALL}; CREATE FUNCTION two() RETURNS int LANGUAGE sql"
        " BEGIN ATOMIC SELECT CASE WHEN true THEN 1 ELSE 2 END; SELECT 3; END;"
        ' CREATE TABLE "It\'s; ""odd""" (a text, b int GENERATED ALWAYS AS (1) STORED);'
        " INSERT INTO \"It's; \"\"odd\"\"\" VALUES (E'\\\\.'), (E'a\\nb'), (''), (NULL)",
    )
    return connection


async def _dump(source: Connection, file: Path, *words: str) -> Path:
    with program_settings(source, "somebody's dump") as env:
        done = await process.run(
            [bundled_postgres.programs() / "pg_dump", *words, f"--file={file}"], env=env
        )
    assert done.code == 0, done.stderr
    return file


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dumps")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def custom(shapes: Connection, dumps: Path) -> Path:
    return await _dump(shapes, dumps / "latest.dump", "-Fc")


def _rules(done: DumpRestored) -> dict[str, str]:
    return {one.entry: one.rule for one in done.troubles}


async def _same(source: Connection, target: Connection) -> None:
    verdict = await verifier.verify(source, target, snapshot=None)
    assert verdict.passed, verdict.failures


async def test_custom_archive_arrives_whole(shapes: Connection, custom: Path, right: Site) -> None:
    target = await right.fresh()
    found = await restorer.preflight(custom, target)
    assert [one.rule for one in found if one.severity != "info"] == []
    done = await restorer.restore(custom, target)
    assert (done.format, done.fatal, done.failures, done.to_review) == ("custom", (), (), ())
    counted = {one.subject: one.target for one in done.checks}
    assert (counted["public.big"], counted["large objects"]) == ("601", "1")
    await _same(shapes, target)
    with pytest.raises(CheckFailedError, match="not fresh") as refused:
        await restorer.restore(custom, target)
    assert "public.big" in refused.value.detail


@pytest.mark.parametrize(
    ("words", "packed"),
    [
        pytest.param(("-Ft",), False, marks=pytest.mark.long),
        pytest.param(("-Fd", "-j2"), False, marks=pytest.mark.long),
        (("-Fp", "--inserts"), True),
    ],
    ids=["tar", "folder", "packed inserts"],
)
async def test_other_forms_on_an_older_server(
    shapes: Connection, dumps: Path, old: Site, words: tuple[str, ...], packed: bool
) -> None:
    """The newer pg_dump's SET transaction_timeout is no reason to call this a failure."""
    file = await _dump(shapes, dumps / f"other{words[-1]}", *words)
    if packed:
        small = dumps / "packed.sql.bz2"
        small.write_bytes(bz2.compress(file.read_bytes(), 1))
        file = small
    target = await old.fresh()
    done = await restorer.restore(file, target)
    assert _rules(done) == {"SET transaction_timeout": "DR20"}
    assert (done.fatal, done.failures, done.to_review) == ((), (), ())
    await _same(shapes, target)


async def test_every_entry_that_fails_is_named_and_no_row_is(right: Site) -> None:
    target = await right.fresh()
    done = await restorer.restore(MESSY, target)
    assert _rules(done) == {
        "SET no_such_setting": "DR20",
        "CREATE SCHEMA public": "DR21",
        "DROP TABLE public.gone_too": "DR22",
        "CREATE EXTENSION postgis": "DR24",
        "ALTER TABLE public.bad": "DR27",
        "CREATE TABLE public.places": "DR30",
        "COPY public.places": "DR30",
        "COPY public.bad": "DR32",
        "INSERT INTO public.people": "DR30",
        "CREATE POLICY only_reporting": "DR31",
    }
    lines = MESSY.read_text().splitlines()
    for one in done.troubles:
        assert lines[one.line - 1].startswith(one.entry.split(" ")[0]), one
    left = {one.rule: one.statements for one in done.left_out}
    assert left == {
        "DR1": 1,
        "DR2": 1,
        "DR3": 1,
        "DR4": 2,
        "DR5": 1,
        "DR6": 3,
        "DR7": 1,
        "DR8": 1,
        "DR10": 2,
    }
    assert done.to_review == ("DR24", "DR7", "DR8")
    counted = {one.subject: (one.result, one.source, one.target) for one in done.checks}
    assert counted["public.people"] == ("same", "3", "3")
    assert counted["public.late"] == ("same", "2", "2")
    assert counted["public.bad"] == ("different", "2", "0")
    assert "heroku_ext was made" in done.note
    assert "1 statements stood before" not in done.note
    assert "2 statements stood before" in done.note
    assert "canary" not in done.model_dump_json()


async def test_a_person_puts_it_right_and_goes_on(right: Site, tmp_path: Path) -> None:
    file, target = tmp_path / "policy.sql", await right.fresh()
    file.write_text(
        "CREATE TABLE t (id int); INSERT INTO t VALUES (1);\n"
        "CREATE POLICY p ON t TO clinic_reader USING (true);\nCREATE EXTENSION postgis;\n"
    )
    done = await restorer.restore(file, target)
    assert _rules(done) == {"CREATE POLICY p": "DR31", "CREATE EXTENSION postgis": "DR24"}
    await right.sql(target, "CREATE ROLE clinic_reader")
    done = await restorer.restore(file, target, resume=True, accepted={"DR24"})
    assert "2 statements are done" in done.note
    assert (done.fatal, done.failures, done.to_review) == ((), (), ())
    assert await right.sql(target, "SELECT count(*) FROM t") == [(1,)]
    assert await right.sql(target, "SELECT to_regnamespace('moveday')::text") == [(None,)]


async def test_cut_off_archive_is_named_before_and_after(
    custom: Path, right: Site, tmp_path: Path
) -> None:
    whole = custom.read_bytes()
    file, target = tmp_path / "cut.dump", await right.fresh()
    file.write_bytes(whole[: len(whole) * 3 // 4])
    found = {one.rule: one for one in await restorer.preflight(file, target)}
    assert found["DF2"].severity == "block"
    assert "ends in the middle" in found["DF2"].detail
    with pytest.raises(BlockedError, match="nothing was changed"):
        await restorer.restore(file, target)
    assert await right.sql(target, "SELECT to_regnamespace('moveday')::text") == [(None,)]
    done = await restorer.restore(file, target, accepted={"DF2"})
    assert {one.rule for one in done.fatal} >= {"DR40"}
    assert "came" in {one.subject: one.detail for one in done.failures}["the others"]
    # The whole one is another dump: what the cut one has left is not taken for its own.
    with pytest.raises(CheckFailedError, match="not fresh"):
        await restorer.restore(custom, target)


async def test_lost_session_and_gone_on(right: Site, tmp_path: Path) -> None:
    """The server ends the session in the middle; the second try doubles nothing."""
    file, target = tmp_path / "lost.sql", await right.fresh()
    file.write_text(
        "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (t text);\n"
        'COPY c FROM stdin WITH CSV;\n"a\nb"\n\\.\n'
        "COPY a FROM stdin;\n1\n2\n\\.\n"
        "INSERT INTO b VALUES (1);\nSELECT pg_terminate_backend(pg_backend_pid())"
        " WHERE NOT EXISTS (SELECT FROM moveday.steps WHERE step = 'go on');\n"
        "COPY b FROM stdin WITH (FORMAT csv);\n3\n4\n\\.\nINSERT INTO a VALUES (3), (4);\n"
    )
    with pytest.raises(DatabaseTrouble) as lost:
        await restorer.restore(file, target)
    assert (lost.value.kind, lost.value.exit_code) == ("lost", 3)
    await right.sql(target, "INSERT INTO moveday.steps (step) VALUES ('go on')")
    done = await restorer.restore(file, target, resume=True)
    assert "6 statements are done" in done.note
    counted = {one.subject: (one.result, one.target) for one in done.checks}
    assert counted == {"a": ("same", "4"), "b": ("explained", "3"), "c": ("explained", "1")}
    assert (done.fatal, done.failures) == ((), ())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied", "answer of a storage service"),
        (b"<!DOCTYPE html>", "a web page"),
        (gzip.compress(b"PGDMP\1\x10", mtime=0), "an archive of pg_dump, packed with gzip"),
        (b"\xff\xfe-\0-\0", "UTF-16"),
        (b"-- MySQL dump 10.13\n", "a dump of MySQL"),
        (b"SQLite format 3\0", "a SQLite database"),
        (b"--\n-- PostgreSQL database cluster dump\n--\n", "a dump of a whole server"),
        (b"PK\3\4", "a zip archive"),
        (b"\x1f\x8bnothing", "damaged at its beginning"),
    ],
)
async def test_what_is_no_dump_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "latest.dump"
    file.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        look_at(file)
    assert why in refused.value.detail


async def test_statements_are_cut_alike_in_whatever_pieces_they_come() -> None:
    text = MESSY.read_bytes() + (
        rb"select E'x\';y', U&'d;', $t$ ; $$ ; $t$ /* ; /* ; */ ; */; select 1 -- ; no" + b"\n;"
        rb"create rule r as on insert to t do (select 1; select 2);"
        b"set standard_conforming_strings = off; select '\\'; ';\n"
        b"/* by hand;\n */ -- again\ncopy t from stdin;\n1\n\\.\ncopy t from stdin;\n\\.\n"
        b"select 'never ends;"
    )

    def cut(size: int) -> tuple[list[object], int]:
        lexer, found = Lexer(), []
        blocks = [text[at : at + size] for at in range(0, len(text), size)]
        for event in [e for block in blocks for e in lexer.feed(block)] + list(lexer.end()):
            if isinstance(event, Rows) and found and isinstance(found[-1], Rows):
                last = found.pop()
                found.append(Rows(last.block + event.block, last.ends + event.ends))
            else:
                found.append(event)
        return list(found), lexer.unfinished

    whole_text = text
    whole, unfinished = cut(len(text))
    kinds = [type(event) for event in whole]
    assert [kinds.count(k) for k in (PsqlCommand, RowsEnd)] == [4, 6]
    told = [rules.told(event) for event in whole if isinstance(event, Statement)]
    assert told[-6:] == [
        *("a statement", "create rule r", "SET standard_conforming_strings", "a statement"),
        *("copy t", "copy t"),
    ]
    assert unfinished == text.count(b"\n") + 1
    row = b"a" * 1_200_000
    long = [Rows(row + b"\n", 1), RowsEnd(True)]
    text = b"copy t from stdin;\n" + row + b"\n\\.\n"
    for size in (1 << 18, len(text) - 2, len(text) - 1, len(text)):
        assert cut(size)[0][1:] == long
    text = whole_text
    for size in (1, 2, 3, 7, 64, 1000):
        assert cut(size) == (whole, unfinished)
