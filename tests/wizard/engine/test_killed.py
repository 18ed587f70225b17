"""kill -9 at any instant: journal and caches are whole afterwards (real processes, real kills)."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

from wizard.engine.journal import FILE_NAME, Journal, verify
from wizard.engine.store import FACTS, Store

WRITE = """
import pathlib, sys
from wizard.engine.journal import Journal
from wizard.engine.lock import Lock
from wizard.engine.store import Store
folder = pathlib.Path(sys.argv[1])
lock = Lock.take(folder, "moveday rehearse")
journal = Journal.open(folder)
store = Store(folder)
number = journal.seq
while True:
    number += 1
    journal.append("intent", key=f"app:{number}", number=number, filler="x" * (number * 97 % 5000))
    store.save_facts({"number": number, "filler": "y" * 20000}, journal)
    print(number, flush=True)
"""


def test_fifteen_kills_of_a_tight_loop(tmp_path: Path) -> None:
    dice = random.Random(20260504)
    acknowledged = 0
    for _ in range(15):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITE, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, "the writer could not go on after a kill"
        time.sleep(dice.uniform(0.0, 0.06))
        process.kill()
        rest = process.communicate()[0]
        said = [int(line) for line in (first + rest).splitlines(keepends=True) if line[-1] == "\n"]
        acknowledged = max(acknowledged, *said)

        assert verify(tmp_path / FILE_NAME).ok
        facts = json.loads((tmp_path / FACTS).read_text())["content"]
        assert facts["number"] >= acknowledged
        with Journal.open(tmp_path) as journal:
            assert journal.seq >= acknowledged
            assert [entry.data["number"] for entry in journal.entries] == list(
                range(1, journal.seq + 1)
            )
            assert Store(tmp_path).load_facts(journal).content is not None
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {".gitignore", "lock", FILE_NAME, FACTS}
