"""Who may pull the image that a build begins from: as a person gave it, in memory only."""

from wizard.engine.given_values import given_values
from wizard.model.remote_image import RegistryLogin
from wizard.rules.container_registries import SETTINGS, wants_login
from wizard.runbook.context import RunContext


def registry_login(context: RunContext) -> RegistryLogin | None:
    """User and password, both or none: the target uses what it has kept when nobody gave them."""
    session = context.session
    inventory = session.inventory()
    if inventory is None or not wants_login(session.plan.answers):
        return None
    user, password = (given_values(session, inventory).get(name) for name in SETTINGS)
    if user is None or password is None:
        return None
    return RegistryLogin(user.get_secret_value(), password)
