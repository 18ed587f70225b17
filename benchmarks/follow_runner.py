"""Give a runner its go, and follow its lines over HTTP until its copy is done: the laptop's part.

`python benchmarks/follow_runner.py URL JOB`, run by `data_move.py` at the client's end of the line;
standard input as for `one_copy.py`. Prints what the runner measured as JSON.
"""

import asyncio
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.one_copy import MOVE, connection
from providers.databases.postgres.orders import PostgresOrders
from wizard.formats.runner_lines import LineReader
from wizard.model.database import MoveResult
from wizard.model.runner import RunnerFailure, RunnerOrder

_EVERY = 0.5
_PATIENCE = 3600.0


def main() -> None:
    """Give the go, then ask twice a second."""
    url, job = sys.argv[1:3]
    target = connection(json.load(sys.stdin)["target"])
    asyncio.run(PostgresOrders().write(target, MOVE, RunnerOrder(go=True)))
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        reader = LineReader(job)
        for line in _lines(url):
            message = reader.read(line)
            body = message.body if message is not None else None
            if isinstance(body, MoveResult):
                print(body.model_dump_json())
                return
            if isinstance(body, RunnerFailure):
                sys.exit(f"{body.title}: {body.detail}")
        time.sleep(_EVERY)
    sys.exit("the runner did not end")


def _lines(url: str) -> list[str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as reply:  # noqa: S310  data_move.py's own
            return bytes(reply.read()).decode("utf-8", "replace").splitlines()
    except urllib.error.HTTPError:
        return []


if __name__ == "__main__":
    main()
