"""How does a configuration change? By merging; an empty value takes the variable away."""

from collections.abc import Mapping
from typing import Any

from providers.sandbox.aptible.hal import unprocessable, whole_number
from providers.sandbox.aptible.records import App, Configuration
from providers.sandbox.aptible.state import State

_LONGEST = 65536
_MOST_CONTAINERS = 32


def merged(env: Mapping[str, str], change: object) -> dict[str, str]:
    """`env` after a change as sent by a client."""
    result = dict(env)
    if not isinstance(change, Mapping):
        return result
    for name, value in change.items():
        if value is None or value == "":
            result.pop(str(name), None)
        else:
            result[str(name)] = str(value)
    return result


def check(body: Mapping[str, Any]) -> None:
    """Raises ApiError 422 for a size that is none, and an `env` that is none or too long."""
    for name in ("container_count", "container_size", "disk_size", "provisioned_iops"):
        if body.get(name) is not None and whole_number(body[name], name) < 0:
            raise unprocessable(f"{name} must not be negative")
    if whole_number(body.get("container_count") or 0, "container_count") > _MOST_CONTAINERS:
        raise unprocessable(f"container_count must be {_MOST_CONTAINERS} at most")
    env = body.get("env")
    if env is None:
        return
    if not isinstance(env, Mapping):
        raise unprocessable("Env must be a mapping of names to values")
    for name, value in env.items():
        if len(str(value or "")) > _LONGEST:
            raise unprocessable(f"Env: {name} is longer than {_LONGEST} characters")


def save(state: State, app: App, env: dict[str, str]) -> None:
    """A new configuration record becomes the app's current one."""
    made = Configuration(id=state.next_id(), resource_kind="apps", resource_id=app.id, env=env)
    state.configurations[made.id] = made
    app.configuration_id = made.id


def save_settings(state: State, app: App, body: Mapping[str, Any]) -> None:
    """Merge an operation's settings into the app's current ones."""
    if not body.get("settings") and not body.get("sensitive_settings"):
        return
    setting = state.setting_for("apps", app.id, app.setting_id)
    setting.settings = merged(setting.settings, body.get("settings"))
    setting.sensitive_settings = merged(setting.sensitive_settings, body.get("sensitive_settings"))
    app.setting_id = setting.id
