"""An image as its registry tells it, and who may pull it."""

from dataclasses import dataclass, field

from pydantic import SecretStr

from wizard.model.frozen import Frozen


@dataclass(frozen=True)
class RegistryLogin:
    """A user of a registry."""

    user: str
    password: SecretStr = field(repr=False)


class RemoteImage(Frozen):
    """`digest` is that of the image for linux/amd64, "" when there is none; then `platforms` tells
    which there are (os/architecture).

    `layers` were all seen to be there, `size_bytes` is theirs together, packed. `entrypoint`,
    `command` (() for none) and `user` ("" for root) are the image's own settings.
    """

    name: str
    digest: str
    platforms: tuple[str, ...]
    layers: int = 0
    size_bytes: int = 0
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
