"""What is this file? A dump of PostgreSQL in one of four formats, or something else by name."""

import bz2
import gzip
import hashlib
import lzma
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from wizard.errors import UsageError
from wizard.model.dump import DumpFormat

_HEAD = 4096
_ENDS = 65_536
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}
_AGAIN = "ask for it again, or download it again"
# First bytes of what people are handed instead of a dump: what it is, what to do.
_STRANGERS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip archive", "unpack it, and name the dump inside"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it first: zstd -d FILE"),
    (b"\x04\x22\x4d\x18", "packed with lz4", "unpack it first: lz4 -d FILE"),
    (b"SQLite format 3\x00", "a SQLite database", "moveday restores dumps of PostgreSQL"),
    (b"\xff\xfe", "text in UTF-16", "write it anew as UTF-8: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "text in UTF-16", "write it anew as UTF-8: iconv -f UTF-16 -t UTF-8"),
    (b"%PDF", "a PDF document", _AGAIN),
)
# The same for text, by how it begins once blanks are gone, in small letters.
_STRANGE_TEXTS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"<?xml",
        "an answer of a storage service, not the dump",
        "the link has expired, most likely: fetch a new one (they live for some minutes)",
    ),
    (b"<", "a web page, not the dump", "the link wants a sign-in or has expired: fetch a new one"),
    (b"{", "a JSON document", _AGAIN),
    (b"-- mysql dump", "a dump of MySQL", "moveday restores dumps of PostgreSQL"),
    (b"-- mariadb dump", "a dump of MariaDB", "moveday restores dumps of PostgreSQL"),
    (b"/*m!", "a dump of MariaDB", "moveday restores dumps of PostgreSQL"),
    (b"pragma ", "a dump of SQLite", "moveday restores dumps of PostgreSQL"),
)
_CLUSTER = b"-- PostgreSQL database cluster dump"


@dataclass(frozen=True)
class DumpFile:
    """A dump by its outside. `packing` is "", "gzip", "bzip2" or "xz" (plain only).

    `identity` is the same for the same content wherever it lies: size, first and last bytes.
    """

    path: Path
    format: DumpFormat
    packing: str
    bytes: int
    identity: str

    @property
    def name(self) -> str:
        """What people call it."""
        return self.path.name


def look_at(path: Path) -> DumpFile:
    """Tell by content, never by name. UsageError says what else it is."""
    try:
        if path.is_dir():
            return _directory(path)
        if not path.is_file():
            raise _refused(
                "it is not a file" if path.exists() else "there is no such file",
                "give the path of a dump: a file, or the folder that pg_dump -Fd made",
            )
        with path.open("rb") as file:
            head = file.read(_HEAD)
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _ENDS))
            tail = file.read()
    except OSError as error:
        raise _refused(error.strerror or "it cannot be read", "look at its rights") from error
    if not head:
        raise _refused("it is empty", _AGAIN)
    identity = _identity(str(size).encode(), head, tail)
    if head.startswith(b"PGDMP"):
        return DumpFile(path, "custom", "", size, identity)
    for magic, packing in _PACKED.items():
        if head.startswith(magic):
            _refuse_strange_text(_unpacked_head(path, packing), packed=packing)
            return DumpFile(path, "plain", packing, size, identity)
    for magic, what, remedy in _STRANGERS:
        if head.startswith(magic):
            raise _refused(f"it is {what}", remedy)
    if head[257:262] == b"ustar":
        if not head.startswith(b"toc.dat\0"):
            raise _refused(
                "it is a tar archive, but none that pg_dump has made",
                "unpack it, and name the dump or the folder inside",
            )
        return DumpFile(path, "tar", "", size, identity)
    _refuse_strange_text(head)
    return DumpFile(path, "plain", "", size, identity)


def unpacked(file: IO[bytes], packing: str) -> IO[bytes]:
    """The text of an open file; `packing` as in DumpFile."""
    if packing == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if packing == "bzip2":
        return cast("IO[bytes]", bz2.BZ2File(file))
    return cast("IO[bytes]", lzma.LZMAFile(file)) if packing == "xz" else file


UNPACKING_ERRORS = (EOFError, zlib.error, lzma.LZMAError, OSError)
"""What reading a packed file that is cut off or damaged raises."""


def _directory(path: Path) -> DumpFile:
    contents = path / "toc.dat"
    if not contents.is_file():
        raise _refused(
            "the folder holds no toc.dat, so it is no dump",
            "give the folder that pg_dump -Fd made, with all its files",
        )
    sizes = sorted((file.name, file.stat().st_size) for file in path.iterdir())
    identity = _identity(repr(sizes).encode(), contents.read_bytes())
    return DumpFile(path, "directory", "", sum(size for _, size in sizes), identity)


def _unpacked_head(path: Path, packing: str) -> bytes:
    try:
        with path.open("rb") as file:
            return unpacked(file, packing).read(_HEAD)
    except UNPACKING_ERRORS:
        raise _refused(
            f"it is packed with {packing}, and damaged at its beginning", _AGAIN
        ) from None


def _refuse_strange_text(head: bytes, packed: str = "") -> None:
    """What is neither an archive nor SQL is named."""
    inside = f", packed with {packed}" if packed else ""
    unpack = f"unpack it first ({packed} -d FILE)"
    if packed and head.startswith(b"PGDMP"):
        raise _refused(f"it is an archive of pg_dump{inside}", unpack)
    if packed and head[257:262] == b"ustar":
        raise _refused(f"it is a tar archive{inside}", "unpack it, and name the dump inside")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for beginning, what, remedy in _STRANGE_TEXTS:
        if text[:40].lower().startswith(beginning):
            raise _refused(f"it is {what}{inside}", remedy)
    if b"\0" in head:
        raise _refused("it is neither an archive of pg_dump nor text", _AGAIN)
    if _CLUSTER in text[:400]:
        raise _refused(
            "it is a dump of a whole server (pg_dumpall): several databases and their roles",
            "ask for a dump of the one database: pg_dump -Fc",
        )


def _identity(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _refused(why: str, remedy: str) -> UsageError:
    return UsageError("this is no dump that can be restored", why, remedy)
