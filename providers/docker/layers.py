"""What lies in an image's layers that must not? Reads the archive of `docker save` as it comes."""

import tarfile
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from typing import IO

from wizard.model.container import LayerFind, LayerSearch

_BLOCK = 1 << 20
_KEY_SIZE = 200_000
_KEY = b"-----BEGIN "
_KEY_END = b"PRIVATE KEY-----"
_MOST = 40
# Keys that come with programs and packages (tests, examples) are nobody's.
_FOREIGN = frozenset(
    {"node_modules", "site-packages", "dist-packages", "gems", "usr", "vendor", "proc", "sys"}
)
_ZSTD = b"\x28\xb5\x2f\xfd"


def search_archive(
    stream: IO[bytes], value: str, known: Collection[str] = frozenset()
) -> LayerSearch:
    """Look through the archive of one image. `value` is the planted one, as text.

    Layers called as in `known` are passed over.

    Never seeks: `stream` may be a pipe. A layer that cannot be read is named, not skipped.
    """
    finds: dict[LayerFind, None] = {}
    unread: list[str] = []
    needle = value.encode()
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                skip = not member.isreg() or PurePosixPath(member.name).name in known
                content = None if skip else archive.extractfile(member)
                if content is None:
                    continue
                for find in _of_member(_Peeked(content), member.name, needle, unread):
                    if len(finds) < _MOST:
                        finds[find] = None
    except tarfile.TarError as error:
        unread.append(f"the image's archive: {error}")
    return LayerSearch(finds=tuple(finds), unread=tuple(unread))


class _Peeked:
    """A stream whose first bytes can be looked at before it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.start = stream.read(512)
        self._rest = self.start

    def read(self, size: int = -1) -> bytes:
        """Like a file's."""
        if size < 0:
            found, self._rest = self._rest + self._stream.read(), b""
            return found
        found, self._rest = self._rest[:size], self._rest[size:]
        return found + self._stream.read(size - len(found)) if len(found) < size else found


def _of_member(
    content: _Peeked, name: str, needle: bytes, unread: list[str]
) -> Iterator[LayerFind]:
    if content.start.startswith(_ZSTD):
        unread.append(f"the layer {PurePosixPath(name).name[:12]}: packed with zstd")
        return
    packed = content.start.startswith(b"\x1f\x8b")
    if not packed and content.start[257:262] != b"ustar":
        # The image's settings and its history, as JSON.
        if _holds(content, needle):
            yield LayerFind(kind="value", path="(the image's settings or history)")
        return
    try:
        with tarfile.open(fileobj=content, mode="r|gz" if packed else "r|") as layer:  # type: ignore[call-overload]
            for member in layer:
                file = layer.extractfile(member) if member.isreg() else None
                yield from _of_file(file, member, needle)
    except (tarfile.TarError, OSError, EOFError) as error:
        unread.append(f"the layer {PurePosixPath(name).name[:12]}: {error}")


def _of_file(file: IO[bytes] | None, member: tarfile.TarInfo, needle: bytes) -> Iterator[LayerFind]:
    path = PurePosixPath("/") / member.name
    if path.name == ".aptible.env":
        yield LayerFind(kind="aptible-env", path=str(path))
    if path.parts[-2:] == (".git", "HEAD"):
        yield LayerFind(kind="git", path=str(path.parent))
    if file is None:
        return
    if member.size <= _KEY_SIZE:
        content = file.read()
        if needle in content:
            yield LayerFind(kind="value", path=str(path))
        if _KEY in content and _KEY_END in content and not _FOREIGN.intersection(path.parts):
            yield LayerFind(kind="key", path=str(path))
    elif _holds(file, needle):
        yield LayerFind(kind="value", path=str(path))


def _holds(stream: "IO[bytes] | _Peeked", needle: bytes) -> bool:
    """Whether the bytes occur; the stream is read to its end."""
    seen, found = b"", False
    while block := stream.read(_BLOCK):
        found = found or needle in seen + block
        seen = block[-len(needle) :]
    return found
