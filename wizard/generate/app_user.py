"""The user that an app runs as, where the base image brings none."""

from wizard.generate.recipe import APP, run
from wizard.model.files import Line

UID = 1001


def app_user() -> Line:
    """Makes the user, with a home (programs write there) and the app's folder as its own."""
    return run(
        [f"useradd --uid {UID} --create-home --shell /bin/sh app", f"chown {UID}:{UID} {APP}"],
        "F13",
    )
