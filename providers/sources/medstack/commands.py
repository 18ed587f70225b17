"""What a person does in MedStack Control for each action: no command-line client is known of."""

from collections.abc import Callable, Mapping

from wizard.errors import UsageError
from wizard.model.plan import Maintenance

_SERVICE = "MedStack Control, the cluster, Services, {}"
_Words = Mapping[str, str]


def _maintenance(way: Maintenance, serving: str, *, on: bool) -> str:
    page = _SERVICE.format(serving or "the service that the domains lead to")
    if way.by == "variable":
        change = f"set {way.variable}={way.on}" if on else f"put {way.variable} back as it was"
        return f"{page}: {change}, and save"
    if way.by == "image":
        return f"{page}: {f'image {way.image}' if on else 'the image from before'}, and save"
    return f"{page}: replicas {'0' if on else 'as before'}, and save"


def _scale(words: _Words) -> str:
    pairs = zip(words["process"].split(), words["quantity"].split(), strict=True)
    shown = ", ".join(f"{process}: replicas {quantity}" for process, quantity in pairs)
    return f"{_SERVICE.format('each of')} {shown}, and save"


def _fixed(text: str) -> Callable[[_Words], str]:
    return lambda words: text


_ACTIONS: Mapping[str, Callable[[_Words], str]] = {
    "scale": _scale,
    "autoscale-off": _fixed(
        "MedStack Control: no autoscaler and no automatic deploy of it is known; stop what of your"
        " own calls its API (a CI job that refreshes images)"
    ),
    "capture": lambda words: (
        "MedStack Control, the cluster, its databases: the backups of the database behind"
        f" {words['database']} are made by the cloud's own schedule; note the newest one's time"
    ),
    "router-log": _fixed(
        f"{_SERVICE.format('the load balancer')}: its containers' log, requests by host name"
    ),
    "remove-domain": lambda words: (
        f"{_SERVICE.format('the service')}: take {words['domain']} out of its domain mapping, and"
        " save (MedStack saves nothing while another domain of it leads elsewhere: take all out)"
    ),
    "remove-addon": lambda words: f"MedStack Control, the cluster: remove {words['addon']}",
    "delete-app": _fixed(
        "MedStack Control, the cluster, Services: delete the app's services; MedStack's support"
        " ends the cluster itself"
    ),
    "list-authorizations": _fixed("MedStack Control, user menu, API Tokens"),
}


def by_hand(way: Maintenance, serving: str, action: str, words: _Words) -> str:
    """In words. Raises UsageError for an unknown action or missing words."""
    if action in ("maintenance-on", "maintenance-off"):
        return _maintenance(way, serving, on=action == "maintenance-on")
    say = _ACTIONS.get(action)
    if say is None:
        known = ", ".join(("maintenance-on", "maintenance-off", *_ACTIONS))
        raise UsageError(f"nothing is known to do by hand for {action!r}", f"known: {known}")
    try:
        return say(words)
    except (KeyError, ValueError):
        problem = UsageError(f"words are missing for {action!r}")
    raise problem
