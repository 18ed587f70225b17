"""What is an image here? A folder of files and what its settings say, known by tag and by digest.

There is no operating system in it: programs are this machine's own. Its manifest and its one layer
are real, so that a registry can serve it and a digest means its content.
"""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_POSTGRES = re.compile(r"(?:docker\.io/(?:library/)?)?postgres:\d+(?:[.-][\w.-]+)?")
_REFERENCE = re.compile(
    r"(?P<name>[^@]+?)(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


def digest_of(body: bytes) -> str:
    """As registries name content."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@dataclass(frozen=True)
class ContainerImage:
    """One image. `content` is its file system's root, None for one without files of its own.

    `name` has no tag. `client_tools`: it is the official image of PostgreSQL, of which the sandbox
    has the client programs (one version, whatever the tag says).
    """

    name: str
    tag: str
    content: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    working_dir: str = "/"
    ports: tuple[int, ...] = ()
    client_tools: bool = False

    @property
    def digest(self) -> str:
        """The manifest's."""
        return digest_of(self.manifest)

    @cached_property
    def layer(self) -> bytes:
        """Its files as a tar; the same files give the same bytes."""
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as tar:
            for path in sorted(self.content.rglob("*")) if self.content else ():
                tar.add(path, str(path.relative_to(self.content or path)), False, filter=_plain)
        return made.getvalue()

    @cached_property
    def config(self) -> bytes:
        """Its settings, as the OCI image specification has them."""
        settings: dict[str, object] = {
            "Env": [f"{name}={value}" for name, value in self.env.items()],
            "Entrypoint": list(self.entrypoint) or None,
            "Cmd": list(self.command) or None,
            "WorkingDir": self.working_dir,
            "ExposedPorts": {f"{port}/tcp": {} for port in self.ports},
        }
        layers = {"type": "layers", "diff_ids": [digest_of(self.layer)]}
        whole = {"os": "linux", "architecture": "amd64", "config": settings, "rootfs": layers}
        return json.dumps(whole).encode()

    @cached_property
    def manifest(self) -> bytes:
        """What a registry answers for the tag."""
        described = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _described(_CONFIG, self.config),
            "layers": [_described(_LAYER, self.layer)],
        }
        return json.dumps(described).encode()


class ImageShelf:
    """Every image that can be pulled."""

    def __init__(self) -> None:
        self._images: list[ContainerImage] = []

    def put(self, image: ContainerImage) -> None:
        """It can be pulled from now on."""
        self._images.append(image)

    def find(self, reference: str) -> ContainerImage | None:
        """The image of `name:tag`, `name@digest` or both, where the digest decides; None without.

        No tag means `latest`, as everywhere.
        """
        wanted = _REFERENCE.fullmatch(reference.strip())
        if wanted is None:
            return None
        if _POSTGRES.fullmatch(reference.strip()):
            return ContainerImage(wanted["name"], wanted["tag"], client_tools=True)
        for image in self._images:
            if image.name != wanted["name"]:
                continue
            if wanted["digest"]:
                if image.digest == wanted["digest"]:
                    return image
            elif image.tag == (wanted["tag"] or "latest"):
                return image
        return None


def _described(kind: str, body: bytes) -> dict[str, object]:
    return {"mediaType": kind, "digest": digest_of(body), "size": len(body)}


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
    return entry
