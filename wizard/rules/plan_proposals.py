"""What do the facts say before anybody is asked? Each proposal with where it comes from."""

import re
from collections.abc import Iterator, Mapping

from wizard.model.found import FolderFacts, Proposal
from wizard.model.inventory import Inventory
from wizard.model.target_facts import TargetFacts
from wizard.rules.container_health import health_path
from wizard.rules.databases import ENGINES
from wizard.rules.plan_topics import KINDS
from wizard.rules.regions import regions_near
from wizard.rules.remotes import RemoteApp, heroku_apps
from wizard.rules.serving import serving_process

_STAGING = re.compile(r"(?:^|[-_])(?:staging|stage|stg|test|qa|uat|dev|development)(?:$|[-_])")
_VARIABLES = {"heroku-postgresql": "DATABASE_URL", "heroku-redis": "REDIS_URL"}


def proposals(
    document: Mapping[str, object],
    folder: FolderFacts,
    inventory: Inventory | None = None,
    target: TargetFacts | None = None,
) -> dict[str, Proposal]:
    """Question id → what to propose, from the surest fact that there is.

    `document` is what the plan says so far: names on the new side follow from the app's.
    """
    found: dict[str, Proposal] = {"source.kind": _kind(folder)}
    found |= _apps(document, folder, inventory)
    app = _said(document, "source", "app") or found.get("source.app", _NOTHING).value
    cluster = _said(document, "source", "cluster")
    by_app = "from the app's name"
    for name, said, where in (
        ("environment", cluster or app, "from the cluster's name" if cluster else by_app),
        ("app", app, by_app),
    ):
        if handle := handle_from(said):
            found[f"target.{name}"] = Proposal(value=handle, where=where)
    if folder.cluster and not cluster:
        found["source.cluster"] = Proposal(value=folder.cluster, where="looked at here last")
    if target is not None:
        found |= dict(_of_target(document, target, inventory))
    if inventory is not None:
        found |= dict(_of_inventory(inventory))
    elif set(folder.addons) & set(_VARIABLES):
        names = [_VARIABLES[addon] for addon in folder.addons if addon in _VARIABLES]
        found["databases"] = Proposal(value=", ".join(names), where="from app.json")
    return found


_BY_HAND = (
    "where it runs on servers of your own, moveday map says what its Compose file becomes, without"
    " an account; moveday does not run such a move"
)
_NOTHING = Proposal(value="", where="")
_OF_HEROKU = frozenset({"Procfile", "app.json", "heroku.yml"})


def handle_from(app: str) -> str:
    """A handle that Aptible takes: a-z 0-9 . _ -, at most 64, not beginning with internal-."""
    handle = re.sub(r"[^0-9a-z._-]+", "-", app.lower()).strip("-._")[:64]
    return handle.removeprefix("internal-")


def _kind(folder: FolderFacts) -> Proposal:
    apps = heroku_apps(folder.remotes)
    if apps:
        return Proposal(value="heroku", where=f"from the git remote {apps[0].remote}")
    if folder.looked_at in KINDS:
        return Proposal(value=folder.looked_at, where="it was looked at here last")
    composed = next((name for name in folder.files if "compose." in name), "")
    theirs = next((name for name in folder.files if name in _OF_HEROKU), "")
    if composed and not theirs:
        found = f"there is a {composed}"
        return Proposal(value="medstack", where=found, choices=KINDS, beside=_BY_HAND)
    where = f"there is a {theirs}" if theirs else "nothing in this folder tells it"
    return Proposal(value=KINDS[0], where=where, choices=KINDS)


def _apps(
    document: Mapping[str, object], folder: FolderFacts, inventory: Inventory | None
) -> dict[str, Proposal]:
    found: dict[str, Proposal] = {}
    apps = heroku_apps(folder.remotes)
    live = [each for each in apps if not _is_staging(each)]
    twins = [each for each in apps if _is_staging(each)]
    names = tuple(dict.fromkeys(each.app for each in (*live, *twins)))
    if len({each.app for each in live}) == 1:
        app = live[0].app
        found["source.app"] = Proposal(value=app, where=f"from the git remote {live[0].remote}")
    elif names:
        remotes = ", ".join(f"{each.remote} ({each.app})" for each in apps)
        found["source.app"] = Proposal(value="", where=f"git remotes: {remotes}", choices=names)
    chosen = _said(document, "source", "app") or found.get("source.app", _NOTHING).value
    others = [each for each in twins if each.app != chosen]
    if len(others) == 1:
        where = f"from the git remote {others[0].remote}"
        found["source.staging"] = Proposal(value=others[0].app, where=where)
    siblings = [s.app for s in inventory.siblings if s.stage == "staging"] if inventory else []
    if len(siblings) == 1:
        found["source.staging"] = Proposal(value=siblings[0], where="from the app's pipeline")
    return found


def _is_staging(each: RemoteApp) -> bool:
    return bool(_STAGING.search(each.remote.lower()) or _STAGING.search(each.app))


def _of_target(
    document: Mapping[str, object], target: TargetFacts, inventory: Inventory | None
) -> Iterator[tuple[str, Proposal]]:
    if target.plan is not None and target.plan.name:
        yield "target.plan", Proposal(value=target.plan.name, where="the plan in force at Aptible")
    if target.stacks is None:
        return
    regulated = document.get("regulated") is not False
    fitting = [s for s in target.stacks if s.dedicated or not regulated]
    near = regions_near(inventory)
    names = tuple(
        s.name
        for s in sorted(fitting, key=lambda s: (s.region not in near, not s.dedicated, s.name))
    )
    only = names[0] if len(names) == 1 else ""
    where = (
        "stacks that fit, as Aptible told them" if names else "Aptible told of no stack that fits"
    )
    yield "target.stack", Proposal(value=only, where=where, choices=names)


def _of_inventory(inventory: Inventory) -> Iterator[tuple[str, Proposal]]:
    custom = [d.hostname for d in inventory.domains if d.kind == "custom"]
    if custom:
        yield "domains", Proposal(value=", ".join(custom), where="from the inventory")
    # Of others moveday moves no data: a line in the plan would say that they start empty.
    databases = [d.variable for d in inventory.databases if d.variable and d.engine in ENGINES]
    if databases:
        yield "databases", Proposal(value=", ".join(databases), where="from the inventory")

    if not inventory.apps:
        return
    serving = serving_process(inventory)
    port = next((d.port for d in inventory.domains if d.process == serving and d.port), None)
    port = port or next((e.port for e in inventory.entries if e.process == serving), None)
    if port:
        yield "port", Proposal(value=str(port), where="from the inventory")
    process = inventory.process(serving)
    path = health_path(process.health) if process is not None else ""
    if path:
        yield "smoke.path", Proposal(value=path, where="the health check asks for it today")


def _said(document: Mapping[str, object], section: str, key: str) -> str:
    held = document.get(section)
    value = held.get(key) if isinstance(held, Mapping) else None
    return value if isinstance(value, str) else ""
