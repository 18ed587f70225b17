"""Brings the database's schema up to this release; running it again changes nothing."""

import os
from pathlib import Path

import psycopg

FOLDER = Path(__file__).parent / "migrations"


def main() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as session:
        # Two releases may start at once: the second waits here and finds everything done.
        session.execute("SELECT pg_advisory_xact_lock(20190101)")
        session.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY)"
        )
        done = {row[0] for row in session.execute("SELECT version FROM schema_migrations")}
        for file in sorted(FOLDER.glob("*.sql")):
            version = file.name.partition("_")[0]
            if version not in done:
                session.execute(file.read_bytes())
                session.execute("INSERT INTO schema_migrations VALUES (%s)", (version,))
                print(f"migrated {file.name}")
    print("schema is up to date")


if __name__ == "__main__":
    main()
