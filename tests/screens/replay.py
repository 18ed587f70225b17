"""A move as it stood at one line of a recorded journal, opened by the real engine and providers.

Nothing answers: the providers are the real ones, pointed at a port where nobody listens. Whatever a
screen shows is therefore in the journal and the facts beside it.
"""

import gzip
import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from providers.repo import open_repo
from screens.doors import Doors
from wizard.__main__ import open_outside, open_sign_in
from wizard.clock import Clock

RECORDINGS = Path(__file__).parent / "recordings"
NOBODY = "http://127.0.0.1:9"
ENVIRON = {
    "HEROKU_API_KEY": "replay-has-no-account",
    "HEROKU_HOST": NOBODY,
    "HEROKU_DATA_HOST": NOBODY,
    "APTIBLE_ACCESS_TOKEN": "replay.has.no-account",
    "APTIBLE_API_ROOT_URL": NOBODY,
    "APTIBLE_AUTH_ROOT_URL": NOBODY,
}


def replay(folder: Path, *, until: str = "", name: str = "acme-clinic") -> Doors:
    """Put the recording into `folder`, up to and with the journal line that `until` names.

    `until` is "kind key" or "kind key task", the last such line counts; "" takes all of it. The
    clock stands half a second after that line.
    """
    source = RECORDINGS / name
    lines = gzip.decompress((source / "journal.jsonl.gz").read_bytes()).splitlines(keepends=True)
    entries = [json.loads(line) for line in lines]
    count = len(lines) if not until else _place(entries, until)
    state = folder / ".moveday"
    state.mkdir(mode=0o700)
    (state / ".gitignore").write_text("*\n")
    (state / "journal.jsonl").write_bytes(b"".join(lines[:count]))
    shutil.copy(source / "moveday.yaml", folder / "moveday.yaml")
    if (source / "facts.json").exists():
        shutil.copy(source / "facts.json", state / "facts.json")
    now = datetime.fromisoformat(entries[count - 1]["at"]) + timedelta(milliseconds=500)
    return Doors(
        folder=folder,
        practice=True,
        environ=ENVIRON,
        outside=open_outside,
        sign_in=open_sign_in,
        look=open_repo,
        clock=Clock(now=lambda: now, elapsed=lambda: 0.0),
    )


def _place(entries: list[dict[str, object]], until: str) -> int:
    found = [
        number
        for number, entry in enumerate(entries, 1)
        if f"{entry['kind']} {entry['key']} {entry['task']}".startswith(until)
    ]
    assert found, f"the recording has no line “{until}”"
    return found[-1]


def production(doors: Doors) -> Doors:
    """The same move, as if it were no practice."""
    return replace(doors, practice=False)
