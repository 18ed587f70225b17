"""Releases of Go and the modules that need a C compiler: data, no code.

Sources: go.dev/doc/devel/release (a release is supported until two newer ones are out),
Docker Hub's golang images, the modules' own documentation.
"""

from datetime import date

GO = {
    11: "stretch", 12: "buster", 13: "buster", 14: "buster", 15: "buster", 16: "bullseye",
    17: "bullseye", 18: "bullseye", 19: "bookworm", 20: "bookworm", 21: "bookworm", 22: "bookworm",
    23: "bookworm", 24: "bookworm", 25: "bookworm", 26: "bookworm",
}  # fmt: skip
"""Minor of Go 1 → Debian of its image. Only the build runs there, nothing is fetched from it."""
GO_END = {
    20: date(2024, 2, 6), 21: date(2024, 8, 13), 22: date(2025, 2, 11), 23: date(2025, 8, 12),
    24: date(2026, 2, 10),
}  # fmt: skip
"""End of support; earlier ones ended earlier."""
GO_DEFAULT = 25

_COMPILER: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
_VIPS = (("libvips-dev",), ("libvips42",))
_MAGICK = (("libmagickwand-dev",), ("libmagickwand-6.q16-6",))

C_MODULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "github.com/mattn/go-sqlite3": _COMPILER,
    "github.com/pganalyze/pg_query_go": _COMPILER,
    "github.com/DataDog/zstd": _COMPILER,
    "github.com/confluentinc/confluent-kafka-go": _COMPILER,
    "github.com/chai2010/webp": _COMPILER,
    "github.com/marcboeker/go-duckdb": _COMPILER,
    "github.com/bytecodealliance/wasmtime-go": _COMPILER,
    "rogchap.com/v8go": _COMPILER,
    "github.com/mutecomm/go-sqlcipher": _COMPILER,
    "github.com/godror/godror": _COMPILER,
    "github.com/davidbyttow/govips": _VIPS,
    "github.com/h2non/bimg": _VIPS,
    "gopkg.in/gographics/imagick.v2": _MAGICK,
    "gopkg.in/gographics/imagick.v3": _MAGICK,
    "github.com/libgit2/git2go": (("libgit2-dev",), ("libgit2-1.5",)),
    "github.com/otiai10/gosseract": (
        ("libleptonica-dev", "libtesseract-dev"),
        ("tesseract-ocr",),
    ),
    "github.com/pebbe/zmq4": (("libzmq3-dev",), ("libzmq5",)),
    "github.com/lestrrat-go/libxml2": (("libxml2-dev",), ("libxml2",)),
}
"""Module (any major version of it) → Debian packages for building and for running it."""
