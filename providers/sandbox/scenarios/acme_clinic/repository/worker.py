"""The clinic's worker: takes waiting jobs from the database and writes their results."""

import hashlib
import os
import signal
import sys
import time

import psycopg

TAKE = """
UPDATE jobs SET done_at = now(), result = %s
WHERE id = (SELECT id FROM jobs WHERE done_at IS NULL ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING id
"""
stopping = False


def stop(*_: object) -> None:
    """Finish the job at hand, then end."""
    global stopping  # noqa: PLW0603
    stopping = True


def work() -> None:
    with psycopg.connect(
        os.environ["DATABASE_URL"], autocommit=True, connect_timeout=5, application_name="worker"
    ) as session:
        while not stopping:
            result = hashlib.sha256(os.urandom(16)).hexdigest()
            row = session.execute(TAKE, (result,)).fetchone()
            time.sleep(0.05 if row else 0.3)


def main() -> None:
    signal.signal(signal.SIGTERM, stop)
    while not stopping:
        try:
            work()
        except psycopg.OperationalError as error:
            print(f"database: {error}", file=sys.stderr)
            time.sleep(1)


if __name__ == "__main__":
    main()
