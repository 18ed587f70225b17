"""What is found in an image's layers: archives as `docker save` writes them, made here."""

import gzip
import io
import tarfile
from typing import Any, cast

from providers.docker.layers import search_archive

MARK = "moveday-0123456789abcdef"
KEY = b"-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"


def archive(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


class Pipe(io.RawIOBase):
    """A stream that cannot seek."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


def search(layers: dict[str, bytes], known: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
    seen = search_archive(cast(Any, Pipe(archive(layers))), MARK, known)
    return sorted(f"{find.kind} {find.path}" for find in seen.finds), list(seen.unread)


def test_each_kind_is_found_in_plain_and_packed_layers() -> None:
    first = archive(
        {
            "app/.aptible.env": f"A='{MARK}'".encode(),
            "app/.git/HEAD": b"ref: x",
            "app/config/master.pem": KEY,
            "app/node_modules/x/test/key.pem": KEY,
            "app/big.js": b"x" * ((1 << 20) - 5) + MARK.encode() + b"y" * 300_000,
        }
    )
    expected = [
        "aptible-env /app/.aptible.env",
        "git /app/.git",
        "key /app/config/master.pem",
        "value /app/.aptible.env",
        "value /app/big.js",
    ]
    assert search({"blobs/sha256/aa": first}) == (expected, [])
    assert search({"blobs/sha256/aa": gzip.compress(first)}) == (expected, [])
    assert search({"blobs/sha256/aa": first}, known=("aa",)) == ([], [])


def test_the_settings_are_searched_and_what_cannot_be_read_is_said() -> None:
    settings = b'{"config":{"Env":["A=' + MARK.encode() + b'"]}}'
    finds, unread = search(
        {"blobs/sha256/cc": settings, "blobs/sha256/dd": b"\x28\xb5\x2f\xfd" + b"x" * 600}
    )
    assert finds == ["value (the image's settings or history)"]
    assert unread == ["the layer dd: packed with zstd"]


def test_a_clean_image() -> None:
    layer = archive({"app/server.js": b"listen()", "usr/share/doc/key.pem": KEY})
    assert search({"blobs/sha256/aa": layer, "manifest.json": b"[]"}) == ([], [])
