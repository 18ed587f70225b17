"""The clinic's clock: puts a job into the queue every second. Exactly one may run."""

import os
import signal
import sys
import time

import psycopg


def tick() -> None:
    with psycopg.connect(
        os.environ["DATABASE_URL"], autocommit=True, connect_timeout=5, application_name="clock"
    ) as session:
        while True:
            session.execute("INSERT INTO jobs (kind) VALUES ('reminder')")
            time.sleep(1)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        try:
            tick()
        except psycopg.OperationalError as error:
            print(f"database: {error}", file=sys.stderr)
            time.sleep(1)


if __name__ == "__main__":
    main()
