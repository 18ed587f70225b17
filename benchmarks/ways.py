"""The ways to move a database that `data_move.py` measures, each as the commands people type."""

import functools
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.one_copy import MOVE
from benchmarks.postgres_pair import OWNER, Server
from benchmarks.slow_line import Line
from providers.databases.postgres.runner import JOB, SOURCE, TARGET
from wizard.model.runner import RunnerJob

STAYS = "stays.log"
"""What a command that stays writes, in the platform's folder."""
_FETCH = (
    "import shutil, sys, urllib.request as u;"
    "shutil.copyfileobj(u.urlopen(sys.argv[1]), open(sys.argv[2], 'wb'), 1 << 20)"
)


@dataclass(frozen=True)
class Step:
    """A command; `at_platform` runs beside the servers, else at the client's end of the line.

    `stays` is one that runs on beside the following ones, and is ended after them; it writes into
    the platform's folder.
    """

    command: list[str]
    stdin: str = ""
    at_platform: bool = False
    stays: bool = False
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """What a way needs to know to name its commands. `url` serves `work` to the client."""

    source: Server
    target: Server
    line: Line
    work: Path
    url: str
    jobs: int

    def uri(self, server: Server, database: str) -> str:
        return f"postgresql://{OWNER}@{self.line.host}:{server.port}/{database}?sslmode=disable"

    def order(self, work: str) -> str:
        """The standard input of one_copy.py."""

        def words(server: Server, database: str) -> dict[str, object]:
            return {
                "host": self.line.host,
                "port": server.port,
                "database": database,
                "user": OWNER,
                "password": server.password,
            }

        return json.dumps(
            {
                "source": words(self.source, "clinic"),
                "target": words(self.target, "moved"),
                "work": work,
                "jobs": None,
            }
        )


def guides_way(s: Setting) -> list[Step]:
    """Capture (a custom-format dump at the platform), download, to SQL, load, analyse."""
    return [
        Step(["pg_dump", "-Fc", f"--file={s.work}/platform/latest.dump", "clinic"], "", True),
        Step([sys.executable, "-c", _FETCH, f"{s.url}/latest.dump", f"{s.work}/latest.dump"]),
        _shell(f"pg_restore --no-owner --no-acl -f - {s.work}/latest.dump > {s.work}/data.sql"),
        _shell(f"psql -Xq '{_to(s)}' -f {s.work}/data.sql > /dev/null 2>{s.work}/errors"),
        _shell(f"psql -Xq '{_to(s)}' -c 'SET client_min_messages = error' -c ANALYZE"),
    ]


def pipe(s: Setting) -> list[Step]:
    """pg_dump | pg_restore as people type it."""
    restore = f"pg_restore --no-owner --no-acl -d '{_to(s)}' 2>{s.work}/errors"
    return [
        _shell(f"pg_dump -Fc '{_from(s)}' | {restore}; true"),
        _shell(f"psql -Xq '{_to(s)}' -c 'SET client_min_messages = error' -c ANALYZE"),
    ]


def directory(s: Setting, compression: str = "") -> list[Step]:
    """pg_dump -Fd and pg_restore, both with jobs."""
    jobs = f"-j {s.jobs}"
    return [
        _shell(f"pg_dump -Fd {jobs} {compression} -f {s.work}/dump '{_from(s)}'"),
        _shell(
            f"pg_restore {jobs} --no-owner --no-acl -d '{_to(s)}' {s.work}/dump"
            f" 2>{s.work}/errors; true"
        ),
        _shell(f"vacuumdb -q --analyze-only {jobs} -d '{_to(s)}' 2>{s.work}/errors"),
    ]


def pgcopydb(s: Setting, *more: str) -> list[Step]:
    """pgcopydb clone; it analyses by itself."""
    return [
        Step(
            [
                *("pgcopydb", "clone", "--source", _from(s), "--target", _to(s)),
                *("--table-jobs", str(s.jobs), "--index-jobs", str(s.jobs)),
                *("--no-owner", "--no-acl", "--no-comments", "--dir", f"{s.work}/pgcopydb", *more),
            ]
        )
    ]


def ours(s: Setting) -> list[Step]:
    """moveday's mover with its own choice of jobs."""
    return [Step([sys.executable, str(Path(__file__).with_name("one_copy.py"))], s.order("copy"))]


def by_runner(s: Setting) -> list[Step]:
    """The target-side runner beside the servers, from its start on; told and followed from the
    client's end of the line."""
    job = RunnerJob(move_id=MOVE)
    settings = {
        JOB: job.model_dump_json(),
        SOURCE: _beside(s.source, "clinic"),
        TARGET: _beside(s.target, "moved"),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    runner = [sys.executable, "-u", "-m", "providers.databases.postgres.runner"]
    follow = str(Path(__file__).with_name("follow_runner.py"))
    return [
        Step(runner, at_platform=True, stays=True, environment=settings),
        Step([sys.executable, follow, f"{s.url}/{STAYS}", job.name], s.order("go")),
    ]


def _beside(server: Server, database: str) -> str:
    return (
        f"postgresql://{OWNER}:{quote(server.password)}@127.0.0.1:{server.port}/{database}"
        "?sslmode=disable"
    )


WAYS: dict[str, tuple[str, Callable[[Setting], list[Step]]]] = {
    "guides": ("guides' way: dump, download, to SQL, psql", guides_way),
    "pipe": ("`pg_dump -Fc \\| pg_restore`", pipe),
    "directory": ("directory -j, gzip", directory),
    "directory-plain": (
        "directory -j, no compression",
        functools.partial(directory, compression="-Z0"),
    ),
    "pgcopydb": ("pgcopydb", pgcopydb),
    "ours": ("moveday", ours),
    "runner": ("moveday, by the runner", by_runner),
}


def _from(s: Setting) -> str:
    return s.uri(s.source, "clinic")


def _to(s: Setting) -> str:
    return s.uri(s.target, "moved")


def _shell(command: str) -> Step:
    return Step(["sh", "-c", command])
