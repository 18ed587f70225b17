"""One copy, or one verification, by moveday: what `data_move.py` runs as a process of its own.

Reads JSON from standard input: {"source": …, "target": … (libpq-like words), "work": "copy" or
"verify", "jobs": number or null}; prints what was measured as JSON.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pydantic import SecretStr

from providers.databases.postgres import PostgresMover, PostgresProbe, PostgresVerifier
from wizard.model.database import Connection

MOVE = "benchmark"


def connection(words: dict[str, Any]) -> Connection:
    """From the words on standard input."""
    return Connection(**(words | {"password": SecretStr(words["password"])}), tls="disable")


async def main() -> None:
    """Do the work."""
    order = json.load(sys.stdin)
    source, target = connection(order["source"]), connection(order["target"])
    if order["work"] == "verify":
        verdict = await PostgresVerifier().verify(source, target, snapshot=None)
        print(json.dumps({"passed": verdict.passed, "seconds": verdict.seconds}))
        return
    async with PostgresProbe().snapshot(source) as snapshot:
        result = await PostgresMover().copy(
            source, target, snapshot=snapshot, move_id=MOVE, jobs=order["jobs"]
        )
    print(result.model_dump_json())


if __name__ == "__main__":
    asyncio.run(main())
