"""The name of an image, in its parts."""

from dataclasses import dataclass

DOCKER_HUB = "docker.io"


@dataclass(frozen=True)
class ImageName:
    """A reference in its parts; `tag` and `digest` "" when not given."""

    path: str
    tag: str
    digest: str

    @property
    def registry(self) -> str:
        """The host that has it; docker.io where none is named (Docker's rule)."""
        first, sign, _ = self.path.partition("/")
        named = sign and ("." in first or ":" in first or first == "localhost")
        return first.lower() if named else DOCKER_HUB

    @property
    def repository(self) -> str:
        """Its name at the registry; official images of Docker lie below library/."""
        first, sign, rest = self.path.partition("/")
        if sign and self.registry == first.lower():
            bare = self.registry == DOCKER_HUB and "/" not in rest
            return f"library/{rest}" if bare else rest
        return self.path if sign else f"library/{self.path}"

    @property
    def last(self) -> str:
        """The last part of the path: "postgres" of "docker.io/library/postgres"."""
        return self.path.rpartition("/")[2]


def read_image(text: str) -> ImageName:
    """Split a reference such as registry:5000/team/app:1.2@sha256:…."""
    rest, _, digest = text.strip().partition("@")
    head, sign, tag = rest.rpartition(":")
    if not sign or "/" in tag:
        head, tag = rest, ""
    return ImageName(head, tag, digest)
