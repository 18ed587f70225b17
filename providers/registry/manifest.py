"""Manifests and settings of images as registries answer them, read leniently.

Shapes: OCI image specification (index, manifest, config), and Docker's of the same (schema 2).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from wizard.errors import OutsideError
from wizard.safety.clean import clean

ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
WANTED = ("linux", "amd64")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Listed:
    """One image of an index. `platform` is os/architecture."""

    digest: str
    platform: str


def digest_of(body: bytes) -> str:
    """The digest by which a registry names these bytes."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def checked_digest(body: bytes, wanted: str, place: str) -> str:
    """The digest of a body. Raises OutsideError when `wanted` (a SHA-256, or "") is another."""
    found = digest_of(body)
    if _DIGEST.fullmatch(wanted) and wanted != found:
        raise OutsideError(
            f"{place}: what came is not what was named",
            f"named {wanted[:19]}…, came {found[:19]}…",
            "try again; when it stays so, the registry or something before it is broken",
        )
    return found


def listed(manifest: object) -> tuple[Listed, ...] | None:
    """The images of an index, without what is no image; None when it is none."""
    found = _fields(manifest).get("manifests")
    if not isinstance(found, list):
        return None
    images = []
    for each in found:
        own = _fields(each)
        platform = _fields(own.get("platform"))
        system, kind = _text(platform.get("os")), _text(platform.get("architecture"))
        digest = _text(own.get("digest"))
        if _DIGEST.fullmatch(digest) and "unknown" not in (system, kind):
            images.append(Listed(digest, f"{system}/{kind}"))
    return tuple(images)


def blobs(manifest: object) -> tuple[str, tuple[tuple[str, int], ...]]:
    """The digest of the settings ("" when there are none), and digest and bytes of each layer.

    Layers that lie elsewhere by their own word are left out.
    """
    own = _fields(manifest)
    config = _text(_fields(own.get("config")).get("digest"))
    layers = own.get("layers")
    found = []
    for each in layers if isinstance(layers, list) else ():
        layer = _fields(each)
        digest, size = _text(layer.get("digest")), layer.get("size")
        if _DIGEST.fullmatch(digest) and not layer.get("urls"):
            found.append((digest, size if isinstance(size, int) and size >= 0 else 0))
    return (config if _DIGEST.fullmatch(config) else ""), tuple(found)


def settings(config: object) -> tuple[str, tuple[str, ...], tuple[str, ...], str]:
    """(platform, ENTRYPOINT, CMD, user) of an image's settings; outside text, cleaned."""
    own = _fields(config)
    platform = f"{_text(own.get('os'))}/{_text(own.get('architecture'))}"
    inner = _fields(own.get("config"))
    user = _text(inner.get("User"))
    return platform, _words(inner.get("Entrypoint")), _words(inner.get("Cmd")), user


def _fields(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return clean(value, 400) if isinstance(value, str) else ""


def _words(value: object) -> tuple[str, ...]:
    return tuple(_text(word) for word in value) if isinstance(value, list) else ()
