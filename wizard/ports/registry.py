"""A registry of images, asked whether an image can be pulled; nothing of it is kept."""

from typing import Protocol

from wizard.errors import OutsideError
from wizard.model.remote_image import RegistryLogin, RemoteImage


class PullRefused(OutsideError):
    """The registry answered, and the image cannot be pulled. `wants_login`: not without a user."""

    def __init__(
        self, title: str, detail: str = "", hint: str = "", *, wants_login: bool = False
    ) -> None:
        super().__init__(title, detail, hint)
        self.wants_login = wants_login


class Registry(Protocol):
    """Whatever registry an image's name leads to."""

    async def look(self, image: str, login: RegistryLogin | None) -> RemoteImage:
        """Find the image, and fetch all but its layers, by digest.

        `login` goes to the registry that the name leads to, and to where that one signs people in.
        Raises PullRefused, and OutsideError when the registry cannot be reached.
        """
        ...
