"""What a registry told of the app's image, kept in the journal: digest, entry point, user."""

from collections.abc import Sequence

from pydantic import ValidationError

from wizard.engine.chain import Entry
from wizard.engine.journal import Journal
from wizard.model.containers import AppGroup
from wizard.model.inventory import Inventory
from wizard.model.remote_image import RemoteImage

_KEY = "image"


def remember_told(journal: Journal, app: AppGroup, told: RemoteImage) -> None:
    """Journal it under the name by which the source runs it."""
    journal.append("read", key=_KEY, image=app.image, told=told.model_dump(mode="json"))


def told_image(entries: Sequence[Entry], inventory: Inventory | None) -> RemoteImage | None:
    """What was told last of the image that the app runs; None when no registry was asked."""
    images = {app.image for app in inventory.apps} if inventory is not None else set()
    for entry in reversed(entries):
        if entry.kind == "read" and entry.key == _KEY and entry.data.get("image") in images:
            try:
                return RemoteImage.model_validate(entry.data.get("told"))
            except ValidationError:
                return None
    return None
