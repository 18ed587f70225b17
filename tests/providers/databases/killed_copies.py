"""Copies that are killed with signal 9 at random moments and go on, until they are done.

`python -m tests.providers.databases.killed_copies` reads JSON from standard input ({"source": …,
"target": …, "kills": …, "seed": …}, both sides as Connection's words) and prints what happened. A
process of its own: each try is a fork of it, which spares the loading of modules.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
from providers.databases.postgres import copy as copying
from wizard.model.database import Connection, MoveProgress

SHAPES = """
    CREATE TABLE big (id int PRIMARY KEY, body text, parent int);
    INSERT INTO big SELECT g, repeat(md5(g::text), 20), g / 2 FROM generate_series(0, 6000) g;
    CREATE INDEX big_parent ON big (parent);
    CREATE INDEX big_body ON big (md5(body)) WHERE id % 2 = 0;
    ALTER TABLE big ADD FOREIGN KEY (parent) REFERENCES big;
    CREATE TABLE second AS SELECT * FROM big; ALTER TABLE second ADD PRIMARY KEY (id);
    ALTER TABLE second ADD FOREIGN KEY (parent) REFERENCES big;
    CREATE TABLE small_a (id serial PRIMARY KEY, t text UNIQUE);
    INSERT INTO small_a (t) SELECT md5(g::text) FROM generate_series(1, 500) g;
    CREATE TABLE small_b (id int, a int REFERENCES small_a);
    INSERT INTO small_b SELECT g, 1 + g % 500 FROM generate_series(1, 900) g;
    CREATE TABLE nothing_in_it (id int);
    CREATE UNLOGGED TABLE scratch AS SELECT g AS id FROM generate_series(1, 50) g;
    CREATE SEQUENCE numbers START 40 INCREMENT 7; SELECT nextval('numbers'), nextval('numbers');
    CREATE MATERIALIZED VIEW sums AS SELECT parent, count(*) AS n FROM big GROUP BY 1;
    CREATE FUNCTION bark() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''no''; END';
    CREATE TRIGGER bark BEFORE INSERT ON small_b FOR EACH ROW EXECUTE FUNCTION bark();
    SELECT lo_from_bytea(4711, convert_to(repeat('x', 300000), 'UTF8'));
"""
_CHUNK = 1_500_000
_MOVE = "killed-copies"
_DONE, _DIFFERS, _TROUBLE = 0, 5, 3


async def _copy_and_compare(source: Connection, target: Connection, phase_file: Path) -> int:
    def heard(progress: MoveProgress) -> None:
        phase_file.write_text(progress.phase)

    async with PostgresProbe().snapshot(source) as snapshot:
        await copying.copy(
            source,
            target,
            snapshot=snapshot,
            move_id=_MOVE,
            on_progress=heard,
            jobs=1,
            resume=True,
            frozen=True,
            chunk_bytes=_CHUNK,
        )
        verdict = await PostgresVerifier().verify(source, target, snapshot=snapshot)
    if not verdict.passed:
        print([str(check) for check in verdict.failures], file=sys.stderr)
    return _DONE if verdict.passed else _DIFFERS


def _fork(source: Connection, target: Connection, phase_file: Path) -> int:
    if child := os.fork():
        return child
    code = _TROUBLE
    try:
        code = asyncio.run(_copy_and_compare(source, target, phase_file))
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "detail", ""), file=sys.stderr)
    finally:
        os._exit(code)


def killed(source: Connection, target: Connection, kills: int, seed: int) -> dict[str, Any]:
    """Kill until the number is reached, then let the last copy end."""
    chance, hits = random.Random(seed), Counter[str]()
    used, finished, usual = 0, 0, 0.0
    phase_file = Path(f"/tmp/moveday-killed-{os.getpid()}")
    while used < kills or not finished:
        phase_file.write_text("start")
        begun = time.monotonic()
        child = _fork(source, target, phase_file)
        # The first goes through, to see how long it takes.
        limit = chance.uniform(0.05, usual) if usual and used < kills else None
        status = None
        while status is None and (limit is None or time.monotonic() - begun < limit):
            pid, found = os.waitpid(child, os.WNOHANG)
            status = found if pid else None
            time.sleep(0.005)
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            used += 1
            hits[phase_file.read_text()] += 1
            continue
        if (code := os.waitstatus_to_exitcode(status)) != _DONE:
            return {"kills": used, "finished": finished, "hits": hits, "ended_with": code}
        finished += 1
        usual = usual or (time.monotonic() - begun)
        if used < kills:
            asyncio.run(PostgresMover().clean(target, _MOVE))
    phase_file.unlink()
    return {"kills": used, "finished": finished, "hits": hits, "ended_with": 0}


def connection(words: dict[str, Any]) -> Connection:
    """From JSON, where the password is plain."""
    return Connection(**(words | {"password": SecretStr(words["password"])}))


def words_of(connection: Connection) -> dict[str, Any]:
    """For JSON on a pipe."""
    return connection.model_dump() | {"password": connection.password.get_secret_value()}


def main() -> None:
    """Do it."""
    order = json.load(sys.stdin)
    source, target = connection(order["source"]), connection(order["target"])
    print(json.dumps(killed(source, target, order["kills"], order["seed"])))


if __name__ == "__main__":
    main()
