"""The dump as one stream of SQL, read once from front to back, whatever its format is."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import IO

from providers import bundled_postgres, process
from providers.databases.postgres.dump.contents import archive_words
from providers.databases.postgres.dump.format import UNPACKING_ERRORS, DumpFile, unpacked

_BLOCK = 256 * 1024


class DumpStream:
    """`position` is how many bytes of the file are read. `trouble`: why the stream ended early.

    An archive is turned into SQL by pg_restore, which connects to nothing. What it writes is
    read from a pipe: nothing of it comes to this machine's disk.
    """

    def __init__(self, dump: DumpFile) -> None:
        self._dump = dump
        self._file: IO[bytes] | None = None
        self._sizes: dict[str, int] = {}
        self._passed = 0
        self.trouble = ""

    @property
    def position(self) -> int:
        """Bytes read so far."""
        if self._file is None or self._file.closed:
            return self._passed
        # The program reads through the same open file: its place is ours.
        return os.lseek(self._file.fileno(), 0, os.SEEK_CUR)

    def entry_begins(self, number: int) -> None:
        """For a folder: the file of this entry is being read."""
        self._passed += self._sizes.pop(str(number), 0)

    async def blocks(self) -> AsyncIterator[bytes]:
        """The SQL. Ends its program when it is left early."""
        stream = self._plain() if self._dump.format == "plain" else self._archive()
        async for block in stream:
            yield block
        self._passed = self._dump.bytes if not self.trouble else self._passed

    async def _plain(self) -> AsyncIterator[bytes]:
        with self._dump.path.open("rb") as self._file:
            text, first = unpacked(self._file, self._dump.packing), True
            while True:
                try:
                    block = await asyncio.to_thread(text.read, _BLOCK)
                except UNPACKING_ERRORS:
                    self.trouble = "what is packed in it ends in the middle, or is damaged"
                    return
                if not block:
                    return
                yield block.removeprefix(b"\xef\xbb\xbf") if first else block
                first = False

    async def _archive(self) -> AsyncIterator[bytes]:
        program = (await bundled_postgres.newest_pg_dump(0)).with_name("pg_restore")
        words = ["--verbose", "--no-owner", "--no-privileges", "--no-tablespaces", "--file=-"]
        words.append(f"--format={self._dump.format}")
        if self._dump.format == "directory":
            for file in self._dump.path.iterdir():
                self._sizes[file.name.split(".")[0]] = file.stat().st_size
            async for block in self._run([program, *words, self._dump.path], stdin=False):
                yield block
            return
        with self._dump.path.open("rb", buffering=0) as self._file:
            async for block in self._run([program, *words], stdin=self._file.fileno()):
                yield block

    async def _run(self, arguments: list[object], stdin: bool | int) -> AsyncIterator[bytes]:
        said: list[str] = []
        child = await process.start(
            [str(word) for word in arguments],
            env=process.environment({"LC_ALL": "C"}),
            stdin=stdin,
            on_stderr=lambda line: said.append(line) if "error:" in line else None,
        )
        try:
            assert child.process.stdout is not None
            while block := await child.process.stdout.read(_BLOCK):
                yield block
            if await child.wait():
                self.trouble = archive_words("\n".join(said[-3:]))
        finally:
            await asyncio.shield(child.stop(grace=0))
