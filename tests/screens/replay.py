"""A move as it stood at one line of a recorded journal, opened by the real engine and providers.

Nothing answers: the providers are the real ones, pointed at a port where nobody listens. Whatever a
screen shows is therefore in the journal and the results beside it. Only what the sides said about
their tokens is replayed, since the sign-in's screen asks for it whenever it is opened.
"""

import gzip
import hashlib
import json
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from dulwich import porcelain
from pydantic import SecretStr

from providers.repo import open_repo
from providers.sandbox.scenarios.acme_clinic.repository_maker import make_repository
from providers.sandbox.scenarios.commit import commit
from screens.doors import Doors
from tests.screens.events_file import Heard, read_events
from tests.screens.recorder import APP_FILES, GATES, REPORTS, RESULTS, read_looks, read_seen
from wizard.clock import Clock
from wizard.engine.opening import SignInTools
from wizard.joins.move import open_outside
from wizard.joins.sides import open_sign_in
from wizard.model.plan import Plan
from wizard.model.question import Gate
from wizard.model.sign_in import Refused, Seen
from wizard.ports.sign_in import Door
from wizard.runbook.probes import Look

RECORDINGS = Path(__file__).parent / "recordings"
MAIN, TROUBLE, CLINIC = "acme-clinic", "acme-clinic-trouble", "northside-clinic"
NOBODY = "http://127.0.0.1:9"
_CHECKOUT = tempfile.TemporaryDirectory(prefix="moveday-replay-")
NETWORK = {"dns_roots": ["127.0.0.1"], "endpoints": {"127.0.0.1:53": "127.0.0.1:9"}}
ENVIRON = {
    "HEROKU_API_KEY": "replay-has-no-account",
    "HEROKU_HOST": NOBODY,
    "HEROKU_DATA_HOST": NOBODY,
    "APTIBLE_ACCESS_TOKEN": "replay.has.no-account",
    "MEDSTACK_TOKEN_KEY": "replay-key",
    "MEDSTACK_TOKEN_VALUE": "replay-has-no-account",
    "MEDSTACK_API_URL": NOBODY,
    "APTIBLE_API_ROOT_URL": NOBODY,
    "APTIBLE_AUTH_ROOT_URL": NOBODY,
}


def replay(folder: Path, *, until: str = "", name: str = MAIN) -> Doors:
    """Put the recording into `folder`, up to and with the journal line that `until` names.

    `until` is "kind key" or "kind key task", the last such line counts; "" takes all of it. Plan,
    facts, mapping, files and report are those of that moment. The clock stands half a second after
    that line. `folder` may exist, and then must be empty.
    """
    source = RECORDINGS / name
    lines, entries = _journal(name)
    count = place_of(name, until)
    shutil.copytree(_checkout(name), folder, dirs_exist_ok=True)
    state = folder / ".moveday"
    state.mkdir(mode=0o700)
    (state / ".gitignore").write_text("*\n")
    (state / "journal.jsonl").write_bytes(b"".join(lines[:count]))
    (folder / "moveday.yaml").write_bytes(_plan(source, entries[:count]))
    for result in RESULTS:
        kept = _latest(source, f"{result}-*.json.gz", count)
        if kept is not None:
            (state / f"{result}.json").write_bytes(gzip.decompress(kept.read_bytes()))
    if any(entry["kind"] == "evidence" and entry["key"] == "report" for entry in entries[:count]):
        for report in REPORTS:
            packed = (source / f"{report}.gz").read_bytes()
            (state / report).write_bytes(gzip.decompress(packed))
    now = datetime.fromisoformat(str(entries[count - 1]["at"])) + timedelta(milliseconds=500)
    return doors_in(folder, name, now)


def doors_in(home: Path, name: str, now: datetime) -> Doors:
    """What the screens get, with a clock that stands at `now`."""
    seen = read_seen(RECORDINGS / name)

    def sign_in(
        plan: Plan | None,
        folder: Path,
        environ: Mapping[str, str],
        clock: Clock,
        client_may_revoke: bool,
    ) -> SignInTools:
        tools = open_sign_in(plan, folder, environ, clock, client_may_revoke)
        doors = tuple(_AsRecorded(door, seen[door.side]) for door in tools.doors)
        return SignInTools(doors, tools.vault)

    state = home.absolute() / ".moveday"
    network = state / "network.json"
    network.write_text(json.dumps(NETWORK))
    own = {"XDG_DATA_HOME": str(state / "data"), "MOVEDAY_NETWORK": str(network)}
    return Doors(
        folder=home,
        practice=True,
        environ=ENVIRON | own,
        outside=open_outside,
        sign_in=sign_in,
        look=open_repo,
        clock=Clock(now=lambda: now, elapsed=lambda: 0.0),
    )


def place_of(name: str, until: str) -> int:
    """How many lines the journal has up to and with the last one that `until` names."""
    _, entries = _journal(name)
    found = [
        number
        for number, entry in enumerate(entries, 1)
        if f"{entry['kind']} {entry['key']} {entry['task']}".startswith(until)
    ]
    assert found, f"the recording {name} has no line “{until}”"
    return found[-1]


def heard_until(name: str, until: str, since: str) -> tuple[Heard, ...]:
    """What the engine said between two lines of the journal."""
    first, last = place_of(name, since), place_of(name, until)
    return tuple(h for h in read_events(RECORDINGS / name) if first <= h.seq <= last)


def gates_at(name: str, until: str = "") -> tuple[Gate, ...]:
    """The cutover's gates as they were found last before a line of the journal."""
    kept = _latest(RECORDINGS / name, "gates-*.json", place_of(name, until))
    return GATES.validate_json(kept.read_bytes()) if kept is not None else ()


def looks_until(name: str, until: str = "") -> tuple[Look, ...]:
    """What was seen of both sides during the cutover, up to a line of the journal."""
    return read_looks(RECORDINGS / name, place_of(name, until))


def production(doors: Doors) -> Doors:
    """The same move, as if it were no practice."""
    return replace(doors, practice=False)


class _AsRecorded:
    """A real way in; what its side says about a token is what it said while it was recorded."""

    def __init__(self, door: Door, seen: Seen | Refused) -> None:
        self.side, self.host, self.field = door.side, door.host, door.field
        self.misshapen, self.enter, self.revoke = door.misshapen, door.enter, door.revoke
        self.close = door.close
        self._seen = seen

    async def look(self, token: SecretStr) -> Seen | Refused:
        """As it was."""
        return self._seen


@cache
def _journal(name: str) -> tuple[tuple[bytes, ...], tuple[dict[str, object], ...]]:
    raw = gzip.decompress((RECORDINGS / name / "journal.jsonl.gz").read_bytes())
    lines = tuple(raw.splitlines(keepends=True))
    return lines, tuple(json.loads(line) for line in lines)


@cache
def _checkout(name: str) -> Path:
    """The app's repository as it was when the move was recorded, so that its commits are the same.

    Made once; gone when the process ends.
    """
    place = Path(_CHECKOUT.name) / name
    app = place / "app"
    with tarfile.open(RECORDINGS / name / APP_FILES) as packed:
        packed.extractall(app, filter="data")
    if name == CLINIC:
        with porcelain.init(app):
            commit(app, b"Plan the move", b"Robin Example <robin@clinic.test>", 1_780_000_000)
        return app
    return make_repository(place / "made", app).checkout


def _plan(source: Path, entries: tuple[dict[str, object], ...]) -> bytes:
    """The newest version of the plan that these entries know."""
    versions = {path.name: path.read_bytes() for path in source.glob("moveday-*.yaml")}
    by_hash = {hashlib.sha256(raw).hexdigest(): raw for raw in versions.values()}
    for entry in reversed(entries):
        data = entry["data"]
        assert isinstance(data, dict)
        for digest in (data.get("plan"), data.get("hash")):
            if isinstance(digest, str) and digest in by_hash:
                return by_hash[digest]
    raise AssertionError(f"{source.name} has no plan for its journal")


def _latest(source: Path, pattern: str, count: int) -> Path | None:
    """The newest of some stamped files that is not younger than line `count`."""
    found = [
        (int(path.name.partition("-")[2].partition(".")[0]), path) for path in source.glob(pattern)
    ]
    return max((each for each in found if each[0] <= count), default=(0, None))[1]
