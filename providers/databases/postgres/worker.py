"""A copying process: reads tasks as JSON lines, works on its two sessions, answers JSON lines.

Started as `python -m providers.databases.postgres.worker`; the first line it reads holds the
connection settings, so neither its arguments nor its environment hold a secret. When its input
ends, because its parent ended or said so, it ends at once. Where the source's load is limited it
asks its parent, who counts for all workers, before it passes bytes on.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import psycopg
from psycopg import pq

from providers.databases.postgres.errors import DatabaseTrouble, trouble

Message = dict[str, Any]

_BATCH = 256 * 1024
_REPORT_EVERY = 0.2
_PIECE = 4 * 1024 * 1024
_END_OF_COPY = -1


class Worker:
    """Holds one session at each side, opened when first needed."""

    def __init__(
        self, setup: Message, leaves: "SimpleQueue[float]", going: threading.Event
    ) -> None:
        self._setup = setup
        self._leaves = leaves
        self._going = going
        self._sessions: dict[str, psycopg.Connection[Any]] = {}
        self._reported = 0.0
        self.part = ""

    def do(self, task: Message) -> Message:
        """Carry out one task; what it measured. Raises DatabaseTrouble."""
        self.part = ""
        if task["kind"] == "copy":
            return {"parts": self._copy(task["parts"])}
        if task["kind"] == "open-slice":
            from providers.databases.postgres.slice_worker import OpenSlice

            self._slice = OpenSlice(self.session("source"), self.session("target"), task)
            return {}
        if task["kind"] == "slice":
            return {"parts": [self._slice.go(task["seconds"], task["most"])]}
        return {"parts": [self._large_objects(task)]}

    def session(self, side: str) -> psycopg.Connection[Any]:
        """The session at "source" or "target"."""
        if side not in self._sessions:
            setup = self._setup[side]
            try:
                opened = psycopg.connect(autocommit=True, **setup["settings"])
            except psycopg.Error as error:
                raise trouble(error, side, connecting=True) from None
            opened.prepare_threshold = None
            self._sessions[side] = opened
            try:
                for statement in setup["begin"]:
                    opened.execute(statement.encode())
            except psycopg.Error as error:
                raise trouble(error, side) from None
        return self._sessions[side]

    def _copy(self, parts: list[Message]) -> list[Message]:
        """All parts in one transaction with their lines in the journal.

        Each side gets all commands at once: what is small is done in a few round trips.
        """
        source, target = self.session("source").pgconn, self.session("target").pgconn
        _send(source, "; ".join(part["out"] for part in parts), "source")
        _send(target, "; ".join(["BEGIN", *(part["in"] for part in parts)]), "target")
        _expect(target, pq.ExecStatus.COMMAND_OK, "target")
        measured = []
        for number, part in enumerate(parts):
            self.part = part["name"]
            started = time.monotonic()
            _expect(source, pq.ExecStatus.COPY_OUT, "source")
            _expect(target, pq.ExecStatus.COPY_IN, "target")
            sent = 0
            for block in _blocks(source):
                self._wait_for_leave(len(block), number, sent)
                try:
                    target.put_copy_data(block)
                except psycopg.Error as error:
                    raise trouble(error, "target") from None
                sent += len(block)
                self._report(number, sent)
            _expect(source, pq.ExecStatus.COMMAND_OK, "source")
            try:
                target.put_copy_end()
            except psycopg.Error as error:
                raise trouble(error, "target") from None
            rows = _expect(target, pq.ExecStatus.COMMAND_OK, "target").command_tuples or 0
            seconds = time.monotonic() - started
            measured.append({"bytes": sent, "rows": rows, "seconds": seconds})
        _end(source, "source")
        _end(target, "target")
        lines = ", ".join(
            f"({part['step']}, {m['rows']}, {m['bytes']}, {m['seconds']:.3f})"
            for part, m in zip(parts, measured, strict=True)
        )
        self._execute("target", f"{self._setup['note']} {lines}; COMMIT")
        return measured

    def _execute(self, side: str, statements: str) -> None:
        try:
            self.session(side).execute(statements.encode())
        except psycopg.Error as error:
            raise trouble(error, side) from None

    def _large_objects(self, task: Message) -> Message:
        source, target = self.session("source"), self.session("target")
        started, sent = time.monotonic(), 0
        self._execute("target", "BEGIN")
        for oid in task["oids"]:
            offset = 0
            while True:
                piece = _value(source, "source", "SELECT lo_get(%s, %s, %s)", oid, offset, _PIECE)
                if offset == 0:
                    _value(target, "target", "SELECT lo_from_bytea(%s, %b)", oid, piece)
                elif piece:
                    _value(target, "target", "SELECT lo_put(%s, %s, %b)", oid, offset, piece)
                self._wait_for_leave(len(piece), 0, sent)
                offset += len(piece)
                sent += len(piece)
                self._report(0, sent)
                if len(piece) < _PIECE:
                    break
        seconds = time.monotonic() - started
        line = f"({task['step']}, {len(task['oids'])}, {sent}, {seconds:.3f})"
        self._execute("target", f"{self._setup['note']} {line}; COMMIT")
        return {"bytes": sent, "rows": len(task["oids"]), "seconds": seconds}

    def _wait_for_leave(self, size: int, part: int, sent: int) -> None:
        """Not to read faster than is wished: what waits here holds the source back by its TCP."""
        if self._setup.get("limited"):
            _say({"wants": size})
            until = time.monotonic() + self._leaves.get()
            while (left := until - time.monotonic()) > 0:
                time.sleep(min(left, _REPORT_EVERY))
                self._report(part, sent)
        while not self._going.wait(_REPORT_EVERY):
            self._report(part, sent)

    def _report(self, part: int, sent: int) -> None:
        now = time.monotonic()
        if now - self._reported >= _REPORT_EVERY:
            self._reported = now
            _say({"progress": [part, sent]})


def _blocks(source: pq.abc.PGconn) -> Iterator[bytes]:
    """The COPY stream in pieces of about 256 KB: passing row by row costs far more processor."""
    pieces: list[bytes | memoryview] = []
    size = 0
    while True:
        try:
            count, data = source.get_copy_data(0)
        except psycopg.Error as error:
            raise trouble(error, "source") from None
        if count == _END_OF_COPY:
            break
        pieces.append(data)
        size += count
        if size >= _BATCH:
            yield b"".join(pieces)
            pieces.clear()
            size = 0
    if pieces:
        yield b"".join(pieces)


def _send(connection: pq.abc.PGconn, statements: str, side: str) -> None:
    try:
        connection.send_query(statements.encode())
    except psycopg.Error as error:
        raise trouble(error, side) from None


def _expect(connection: pq.abc.PGconn, status: pq.ExecStatus, side: str) -> pq.abc.PGresult:
    """The next result, which must be of this status. A broken connection is an error here."""
    result = connection.get_result()
    if result is None or connection.status != pq.ConnStatus.OK:
        if result is not None and result.error_field(pq.DiagnosticField.SQLSTATE):
            raise _trouble_of(connection, result, side)
        raise DatabaseTrouble("lost", side, "the connection ended during COPY")
    if result.status != status:
        raise _trouble_of(connection, result, side)
    return result


def _end(connection: pq.abc.PGconn, side: str) -> None:
    """There must be no further result: an error would be one."""
    while (result := connection.get_result()) is not None:
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise _trouble_of(connection, result, side)


def _trouble_of(connection: pq.abc.PGconn, result: pq.abc.PGresult, side: str) -> DatabaseTrouble:
    if connection.status != pq.ConnStatus.OK and not result.error_field(
        pq.DiagnosticField.SQLSTATE
    ):
        return DatabaseTrouble("lost", side, "the server closed the connection")
    return trouble(psycopg.errors.error_from_result(result), side)


def _value(session: psycopg.Connection[Any], side: str, sql: str, *parameters: object) -> Any:
    try:
        row = session.execute(sql.encode(), parameters, binary=True).fetchone()
    except psycopg.Error as error:
        raise trouble(error, side) from None
    return None if row is None else row[0]


def _say(message: Message) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _listen(
    tasks: "SimpleQueue[Message]", leaves: "SimpleQueue[float]", going: threading.Event
) -> None:
    """Runs beside the work: the end of the input must end this process also amid a COPY."""
    for line in sys.stdin:
        message = json.loads(line)
        if "leave" in message:
            leaves.put(message["leave"])
        elif "hold" in message:
            going.clear() if message["hold"] else going.set()
        else:
            tasks.put(message)
    os._exit(1)


def main() -> None:
    """Serve tasks until the input ends."""
    tasks: SimpleQueue[Message] = SimpleQueue()
    leaves: SimpleQueue[float] = SimpleQueue()
    going = threading.Event()
    going.set()
    worker = Worker(json.loads(sys.stdin.readline()), leaves, going)
    threading.Thread(target=_listen, args=(tasks, leaves, going), daemon=True).start()
    while True:
        task = tasks.get()
        try:
            answer: Message = {"done": worker.do(task)}
        except DatabaseTrouble as error:
            answer = {
                "error": {
                    "kind": error.kind,
                    "side": error.side,
                    "detail": error.bare_detail,
                    "sqlstate": error.sqlstate,
                    "subject": worker.part,
                }
            }
        except Exception as error:
            # The class alone: its words could quote a value. The parent ends the move.
            answer = {"error": {"kind": "other", "side": "source", "detail": type(error).__name__}}
        _say(answer)


if __name__ == "__main__":
    main()
