"""A copying process' part in timing a way: rows of one stream into a table that never stays.

The table is temporary and its transaction is rolled back. All its columns are text, so that it
needs none of the source's types. What is passed is confirmed by the target in rounds that grow, so
that what waits in buffers on a slow line is never much more than what has arrived.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq

from providers.databases.postgres.errors import trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST_ROUND, _LARGEST_ROUND = 256 * 1024, 16 * 1024 * 1024
_END_OF_COPY = -1


class OpenSlice:
    """One stream, ready to go: the source sends, the target's transaction is open."""

    def __init__(
        self,
        source: psycopg.Connection[Any],
        target: psycopg.Connection[Any],
        task: dict[str, Any],
    ) -> None:
        self._source, self._target = source.pgconn, target
        self._ended = False
        self._oid: int = task["oid"]
        columns: int = task["columns"]
        names = ", ".join(f"c{number} text" for number in range(columns))
        self._run("BEGIN")
        self._run(f"CREATE TEMPORARY TABLE moveday_slice ({names}) ON COMMIT DROP")
        try:
            self._source.send_query(task["out"].encode())
            result = self._source.get_result()
        except psycopg.Error as error:
            raise trouble(error, "source") from None
        if result is None or result.status != pq.ExecStatus.COPY_OUT:
            raise _told(result, "source")

    def go(self, seconds: float, most_bytes: int) -> dict[str, Any]:
        """Pass rows until `seconds` or `most_bytes` are reached; what was measured."""
        started = time.monotonic()
        passed, rows, size = 0, 0, _FIRST_ROUND
        while not self._ended and passed < most_bytes and time.monotonic() - started < seconds:
            count, lines = self._round(min(size, most_bytes - passed))
            passed, rows, size = passed + count, rows + lines, min(2 * size, _LARGEST_ROUND)
        measured = {"bytes": passed, "rows": rows, "seconds": time.monotonic() - started}
        self._run("ROLLBACK")
        # The source's rest is not wanted: it learns so when the line is gone.
        self._source.finish()
        return {**measured, "oid": self._oid}

    def _round(self, size: int) -> tuple[int, int]:
        """Bytes and rows that the target has taken for good (as far as this table goes)."""
        copy, passed = self._target.pgconn, 0
        try:
            copy.send_query(b"COPY moveday_slice FROM STDIN")
            _expect(copy, pq.ExecStatus.COPY_IN)
            for block in self._blocks(size):
                copy.put_copy_data(block)
                passed += len(block)
            copy.put_copy_end()
            done = _expect(copy, pq.ExecStatus.COMMAND_OK)
            while copy.get_result() is not None:
                pass
        except psycopg.Error as error:
            raise trouble(error, "target") from None
        return passed, done.command_tuples or 0

    def _blocks(self, size: int) -> Iterator[bytes]:
        """Whole rows in pieces of some 256 KB, until `size` is reached."""
        pieces: list[bytes | memoryview] = []
        held = passed = 0
        while passed < size:
            try:
                count, data = self._source.get_copy_data(0)
            except psycopg.Error as error:
                raise trouble(error, "source") from None
            if count == _END_OF_COPY:
                self._ended = True
                break
            pieces.append(data)
            held, passed = held + count, passed + count
            if held >= _FIRST_ROUND:
                yield b"".join(pieces)
                pieces.clear()
                held = 0
        if pieces:
            yield b"".join(pieces)

    def _run(self, statement: str) -> None:
        try:
            self._target.execute(statement.encode())
        except psycopg.Error as error:
            raise trouble(error, "target") from None


def _expect(connection: pq.abc.PGconn, status: pq.ExecStatus) -> pq.abc.PGresult:
    result = connection.get_result()
    if result is None or result.status != status:
        raise _told(result, "target")
    return result


def _told(result: pq.abc.PGresult | None, side: str) -> Exception:
    if result is None:
        return trouble(psycopg.OperationalError("the connection ended"), side)
    return trouble(psycopg.errors.error_from_result(result), side)
