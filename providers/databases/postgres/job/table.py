"""Where moveday and a serving job meet: two small tables in the target, beside the marker.

Both can reach the target, and nothing else of each other. Comparisons pass over the marker's
schema, and the tables go with it. Only moveday makes them: a job that wakes up later must not leave
anything in a database that an app lives on by then.
"""

# ruff: noqa: S608  identifiers are our own, values are literals or psql's own quoting

from providers.databases.postgres.catalog import MARKER_SCHEMA
from providers.databases.postgres.steps import literal

JOBS, ORDERS = f"{MARKER_SCHEMA}.jobs", f"{MARKER_SCHEMA}.job_orders"
SILENT_HOURS = 12
"""Hours without a word from moveday after which a job works no more."""
_WAITS = 40
"""How often the server looks for an order, every quarter of a second, before it says: none."""
CREATE = (
    f"CREATE SCHEMA IF NOT EXISTS {MARKER_SCHEMA};"
    f" CREATE TABLE IF NOT EXISTS {JOBS} (job text PRIMARY KEY, boots int NOT NULL DEFAULT 0,"
    " started timestamptz, beat timestamptz, ended text NOT NULL DEFAULT '',"
    " heard timestamptz NOT NULL DEFAULT pg_catalog.now());"
    f" CREATE TABLE IF NOT EXISTS {ORDERS} (n int GENERATED ALWAYS AS IDENTITY, job text NOT NULL,"
    " mark text NOT NULL, kind text NOT NULL, tries int NOT NULL DEFAULT 0,"
    " answered timestamptz, answer text NOT NULL DEFAULT '', PRIMARY KEY (job, mark))"
)
THERE = f"to_regclass('{ORDERS}') IS NOT NULL"


def locking(job: str, name: str) -> str:
    """psql's script of the session that keeps others of the same job away, and says "I am there".

    Prints one word: "none" (no such job is wanted), "ended", "other" (one works already), or
    "mine", after which it stays, and has ended what an earlier one of this job, whose sessions are
    called `name`, still had open.
    """
    mine = f"WHERE job = {literal(job)}"
    return f"""\\set VERBOSITY sqlstate
\\set word none
SELECT {THERE} AS there \\gset
\\if :there
SELECT CASE ended WHEN '' THEN 'open' ELSE 'ended' END AS word FROM {JOBS} {mine} \\gset
\\endif
SELECT :'word' = 'open' AS open \\gset
\\if :open
SELECT CASE WHEN pg_catalog.pg_try_advisory_lock({_key(job)}) THEN 'mine' ELSE 'other' END AS word
\\gset
\\endif
SELECT :'word' = 'mine' AS mine, current_setting('server_version_num') \\gset
\\if :mine
\\o /dev/null
SET idle_in_transaction_session_timeout = 0;
SET synchronous_commit = off;
\\if :first
SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
  WHERE application_name = {literal(name)} AND pid <> pg_catalog.pg_backend_pid()
  AND datname = current_database() AND usename = current_user;
UPDATE {JOBS} SET boots = boots + 1, started = pg_catalog.clock_timestamp() {mine};
\\endif
UPDATE {JOBS} SET beat = pg_catalog.clock_timestamp() {mine};
\\o
SELECT 'mine';
\\o /dev/null
UPDATE {JOBS} SET beat = pg_catalog.clock_timestamp() {mine} \\watch 2
\\else
SELECT :'word';
\\endif
"""


def waiting(job: str) -> str:
    """psql's script that waits in the server for an order, some seconds at most.

    Prints "order KIND MARK", "idle", "silent" (moveday was not heard for long) or "none".
    """
    mine = f"job = {literal(job)}"
    due = f"SELECT FROM {ORDERS} WHERE {mine} AND answered IS NULL"
    loop = f"""
BEGIN
  FOR turn IN 1..{_WAITS} LOOP
    EXIT WHEN EXISTS ({due}) OR NOT EXISTS (SELECT FROM {JOBS} WHERE {mine});
    -- Nothing may wait for this: each look is a transaction of its own.
    COMMIT;
    PERFORM pg_catalog.pg_sleep(0.25);
  END LOOP;
END """
    return f"""\\set ON_ERROR_STOP on
\\set VERBOSITY sqlstate
SELECT {THERE} AS there \\gset
\\if :there
DO $moveday${loop}$moveday$;
UPDATE {ORDERS} SET tries = tries + 1 WHERE {mine} AND n =
  (SELECT min(n) FROM {ORDERS} WHERE {mine} AND answered IS NULL)
  RETURNING 'order ' || kind || ' ' || mark;
SELECT CASE WHEN greatest(heard, started) < pg_catalog.clock_timestamp()
  - interval '{SILENT_HOURS} hours' THEN 'silent' ELSE 'idle' END FROM {JOBS} WHERE {mine};
\\endif
SELECT 'none';
"""


def answering(job: str) -> str:
    """psql's script that leaves an answer: the file that MOVEDAY_SAID names, under :mark."""
    return f"""\\set ON_ERROR_STOP on
\\set VERBOSITY sqlstate
\\set said `cat "$MOVEDAY_SAID"`
UPDATE {ORDERS} SET answered = pg_catalog.clock_timestamp(), answer = :'said'
  WHERE job = {literal(job)} AND mark = :'mark' AND answered IS NULL;
"""


def ending(job: str) -> str:
    """psql's script that says that the job works no more, and why (:why)."""
    return f"UPDATE {JOBS} SET ended = :'why' WHERE job = {literal(job)};\n"


def _key(job: str) -> str:
    return f"pg_catalog.hashtextextended({literal(f'moveday job {job}')}, 0)"
