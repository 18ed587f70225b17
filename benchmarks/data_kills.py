"""Is a row lost or doubled when a copy is killed again and again and goes on each time?

`python benchmarks/data_kills.py [--kills 1000] [--seed 1]` starts two servers and a small database
with one of each kind of step, kills the copy with signal 9 at random moments, lets the next try go
on, compares source and target by the full verification each time a copy ends, and begins anew.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.postgres_pair import OWNER, Server, pair
from tests.providers.databases.killed_copies import SHAPES


def words(server: Server, database: str) -> dict[str, object]:
    """For killed_copies, on its standard input."""
    return {
        "host": "127.0.0.1",
        "port": server.port,
        "database": database,
        "user": OWNER,
        "password": server.password,
        "tls": "disable",
    }


def main() -> None:
    """Kill until the number is reached; print where it hit and how many copies were the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with pair() as (source, target):
        source.fresh("small")
        target.fresh("moved")
        with source.connect("small", OWNER) as session:
            session.execute(SHAPES.encode())
        order = {"source": words(source, "small"), "target": words(target, "moved")}
        order |= {"kills": options.kills, "seed": options.seed}
        done = subprocess.run(
            [sys.executable, "-m", "tests.providers.databases.killed_copies"],
            input=json.dumps(order).encode(),
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[1],
            check=True,
        )
    found = json.loads(done.stdout)
    if found["ended_with"]:
        sys.exit(f"a copy did not end well: {found}")
    print(f"{found['kills']} kills, {found['finished']} copies ended, each the same as its source")
    for phase, count in sorted(found["hits"].items(), key=lambda hit: -hit[1]):
        print(f"  killed in {phase}: {count}")


if __name__ == "__main__":
    main()
