"""Two PostgreSQL servers of our own to move data between.

The servers are of one version (Debian's newest, else the bundled one), listen on TCP without TLS,
and have default settings but for a larger cache and WAL, so that the processor is the limit.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from providers import bundled_postgres

OWNER = "clinic_owner"
SCRIPTS = Path(__file__).parents[1] / "providers/sandbox/scenarios/acme_clinic/database"
GB_PER_SCALE = 2.3
_SETTINGS = """
listen_addresses = '*'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 100
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 30min
password_encryption = scram-sha-256
"""
_QUICK_AND_QUIET = "-c work_mem=64MB -c client_min_messages=error"
_TICKS = os.sysconf("SC_CLK_TCK")


def newest_programs() -> Path:
    """The bin folder of the system's newest server, else of the bundled one."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3])
    )
    return found[-1].parent if found else bundled_postgres.programs()


@dataclass
class Server:
    """One running server. `passfile` holds the passwords of superuser and owner, for libpq."""

    programs: Path
    folder: Path
    port: int
    password: str
    process: subprocess.Popen[bytes]
    who: dict[str, object]

    def restart(self, environ: dict[str, str] | None = None) -> None:
        """End all sessions and start again, with another environment."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        self.process = _start(self.programs, self.folder, self.who, environ)
        _wait_until_it_answers(self)

    @property
    def passfile(self) -> Path:
        return self.folder / "passwords"

    def connect(self, database: str, user: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            dbname=database,
            user=user,
            password=self.password,
            sslmode="disable",
            autocommit=True,
        )

    def fresh(self, database: str) -> None:
        """An empty database of that name; the one there is dropped."""
        with self.connect("postgres") as session:
            session.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)".encode())
            session.execute(f"CREATE DATABASE {database} OWNER {OWNER}".encode())
            session.execute("CHECKPOINT")

    def fill(self, database: str, scale: float) -> None:
        """The clinic's schema, rows and constraints; scale 1 is about 2.3 GB."""
        self.fresh(database)
        words = [str(self.programs / "psql"), "-Xq", "-o", os.devnull, "-v", "ON_ERROR_STOP=1"]
        words += ["-v", f"scale={scale}", "-v", "xml_type=text"]
        for name in ("schema.sql", "rows.sql", "constraints.sql"):
            subprocess.run(
                [*words, "-f", str(SCRIPTS / name)],
                env={**self.environment("127.0.0.1", database), "PGOPTIONS": _QUICK_AND_QUIET},
                stderr=subprocess.DEVNULL,
                check=True,
            )
        with self.connect(database) as session:
            session.execute("VACUUM ANALYZE")
            session.execute("CHECKPOINT")

    def environment(self, host: str, database: str) -> dict[str, str]:
        """For client programs, as the databases' owner."""
        return {
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "HOME": os.environ.get("HOME", "/"),
            "LC_ALL": "C",
            "PGHOST": host,
            "PGPORT": str(self.port),
            "PGUSER": OWNER,
            "PGDATABASE": database,
            "PGPASSFILE": str(self.passfile),
            "PGSSLMODE": "disable",
        }

    def processor_seconds(self) -> float:
        """User and system time of the server and all its sessions, also those that have ended."""
        parent = self.process.pid
        total = sum(_times(parent)[:4])
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, ValueError):
                if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                    total += sum(_times(int(path.parent.name))[:2])
        return total / _TICKS


def _times(pid: int) -> list[int]:
    """utime, stime, cutime, cstime of a process, in ticks."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(field) for field in fields[11:15]]


@contextlib.contextmanager
def server(programs: Path, folder: Path, password: str) -> Iterator[Server]:
    """Make and start a cluster in `folder`, as `nobody` when we are root; gone afterwards."""
    who: dict[str, object] = {}
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    pwfile = folder / "initial"
    pwfile.write_text(password)
    pwfile.chmod(0o644)
    words = ["-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256", "--locale=C", "--no-sync"]
    subprocess.run(
        [str(programs / "initdb"), "-D", str(folder / "data"), *words, f"--pwfile={pwfile}"],
        stdout=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        check=True,
        **who,  # type: ignore[call-overload]
    )
    port = _free_port()
    with (folder / "data/postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS.format(port=port, folder=folder))
    with (folder / "data/pg_hba.conf").open("a") as rules:
        rules.write("host all all all scram-sha-256\n")
    started = Server(programs, folder, port, password, _start(programs, folder, who), who)
    try:
        started.passfile.write_text(f"*:*:*:*:{password}\n")
        started.passfile.chmod(0o600)
        _wait_until_it_answers(started)
        with started.connect("postgres") as session:
            session.execute(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{password}'".encode())
        yield started
    finally:
        started.process.send_signal(signal.SIGQUIT)
        started.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _start(
    programs: Path, folder: Path, who: dict[str, object], environ: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [str(programs / "postgres"), "-D", str(folder / "data")],
            stderr=log,
            env={"PATH": os.environ["PATH"]} | (environ or {}) | {"LC_ALL": "C"},
            **who,  # type: ignore[call-overload]
        )


@contextlib.contextmanager
def pair(programs: Path | None = None) -> Iterator[tuple[Server, Server]]:
    """A source and a target in a temp folder."""
    programs = programs or newest_programs()
    password = secrets.token_hex(12)
    with tempfile.TemporaryDirectory(prefix="mvd", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with (
            server(programs, folder / "s", password) as source,
            server(programs, folder / "t", password) as target,
        ):
            yield source, target


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(started: Server) -> None:
    for _ in range(300):
        with contextlib.suppress(psycopg.OperationalError):
            started.connect("postgres").close()
            return
        time.sleep(0.1)
    raise OSError((started.folder / "log").read_text()[-2000:])
