"""What is switched off on the old side after a move, and its DNS; the last things last."""

from datetime import datetime, timedelta

from wizard.model.decommission import Aftermath, Farewell
from wizard.model.inventory import Addon, Inventory
from wizard.model.plan import Plan
from wizard.rules.farewell_cluster import cluster_farewells, of_containers

QUIET_HOURS = 48
"""How long the old side must have been asked for nothing; a pinned resolver looks once a day."""


def old_side_farewells(
    plan: Plan, inventory: Inventory | None, aftermath: Aftermath
) -> list[Farewell]:
    """From waiting for the old answers to the app itself."""
    kept = _phi(plan)
    decided = [
        *_drain(plan, aftermath),
        Farewell(
            id="decide",
            side="people",
            what="Decide that nobody goes back, and write down who decided.",
            earliest="when the old side is quiet and the new side has had a full working day",
            why="What follows takes the way back away, one thing after the other.",
            after=("old-quiet", "backup-proven"),
        ),
    ]
    if of_containers(plan, inventory):
        names = _names(plan, inventory)
        return [*decided, *names, *cluster_farewells(plan, inventory, kept)]
    found = [
        *decided,
        Farewell(
            id="last-backup",
            side="old side",
            what=f"Take a last backup of every database of {plan.source.app}, restore it once"
            " somewhere to see that it is whole, and keep it outside both platforms.",
            earliest="after the decision; nothing writes there any more",
            why=f"It is the only copy of how things stood, and it holds {kept}: encrypted, where"
            " your retention rule wants it and, with regulated data, under an agreement (BAA)."
            f" Backups on {plan.source.kind} go with the database.",
            after=("decide",),
            action="capture",
            words={"database": next((d.variable for d in plan.databases), "DATABASE_URL")},
        ),
        *_names(plan, inventory),
    ]
    stores = {database.id for database in inventory.databases} if inventory else set()
    addons = sorted(inventory.addons if inventory else (), key=lambda addon: addon.id in stores)
    keys = [_keys(addon) for addon in addons if addon.id not in stores and _lends(plan, addon)]
    found += [*keys, *(_addon(plan, addon, {each.id for each in keys}) for addon in addons)]
    if inventory is None:
        found.append(_unknown_addons(plan))
    found.append(
        Farewell(
            id="old-app",
            side="old side",
            what=f"Delete the app {plan.source.app}.",
            earliest="when everything above is done",
            why="Its configuration, releases, logs and whatever is still attached go with it, at"
            " once. It is billed until then.",
            after=tuple(each.id for each in found),
            action="delete-app",
            final=True,
        )
    )
    if plan.source.staging:
        found.append(
            Farewell(
                id="staging",
                side="old side",
                what=f"Move or delete the staging app {plan.source.staging}: it still runs there.",
                earliest="after the decision",
                why="It has add-ons and a bill of its own.",
                after=("decide",),
            )
        )
    return found


def what_acts_by_itself(plan: Plan, inventory: Inventory | None) -> list[Farewell]:
    """Schedulers, automatic deploys and autoscalers: they would wake the old side."""
    found = []
    services = {a.service for a in inventory.addons} if inventory else set()
    unknown = inventory is None and not of_containers(plan, inventory)
    if plan.jobs or "scheduler" in services or unknown:
        found.append(
            Farewell(
                id="old-jobs",
                side="old side",
                what="Remove the scheduled jobs of the old side"
                + (f": {', '.join(j.command for j in plan.jobs)}." if plan.jobs else "."),
                earliest="now",
                why="A scheduler starts its own containers whether the app is in maintenance or"
                " not: the jobs would run on both sides.",
            )
        )
    for deploy in inventory.auto_deploys if inventory else ():
        found.append(
            Farewell(
                id=f"auto-deploy {deploy.repository}",
                side="old side",
                what=f"Switch automatic deploys off: {deploy.repository}, branch {deploy.branch}.",
                earliest="now",
                why="A push would release on the old side and run its migrations.",
            )
        )
    for scaler in inventory.autoscalers if inventory else ():
        found.append(
            Farewell(
                id=f"autoscaler {scaler.process}",
                side="old side",
                what=f"Switch the autoscaler of {scaler.process} off.",
                earliest="now",
                why="It may start processes of a frozen app again.",
            )
        )
    return found


def _drain(plan: Plan, aftermath: Aftermath) -> list[Farewell]:
    at = quiet_from(aftermath)
    return [
        Farewell(
            id="ttl-run-out",
            side="DNS",
            what="Let the old answers run out: leave the old side's page up meanwhile.",
            earliest="when the old TTL has run out everywhere"
            if at
            else "unknown: when the names were switched was not measured",
            earliest_at=at,
            why="Until then a resolver may still send people to the old side. "
            + _ttl_words(aftermath),
        ),
        Farewell(
            id="old-quiet",
            side="old side",
            what="Watch the old side's router until it was asked for nothing under your own names"
            f" for {QUIET_HOURS} hours. Count by host name; your own probes and the platform's own"
            " name do not count.",
            earliest=f"{QUIET_HOURS} hours after the old answers have run out",
            earliest_at=at + timedelta(hours=QUIET_HOURS) if at else None,
            why="Some resolvers, hosts files and partners keep an address far longer than its TTL."
            " A single caller that stays is a partner to write to, not noise.",
            after=("ttl-run-out",),
            action="router-log",
        ),
    ]


def quiet_from(aftermath: Aftermath) -> datetime | None:
    """When the last old answer must have gone from every cache that obeys TTLs."""
    if aftermath.switched is None:
        return aftermath.book_done
    longest = max(aftermath.old_ttls.values(), default=0)
    at = aftermath.switched + timedelta(seconds=longest)
    return max(at, aftermath.book_done) if aftermath.book_done else at


def _ttl_words(aftermath: Aftermath) -> str:
    if not aftermath.old_ttls:
        return "The old TTL of the names is unknown."
    each = ", ".join(f"{name} {ttl} s" for name, ttl in sorted(aftermath.old_ttls.items()))
    return f"Longest TTL seen before the switch: {each}."


def _names(plan: Plan, inventory: Inventory | None) -> list[Farewell]:
    custom = [d for d in inventory.domains if d.kind == "custom"] if inventory else []
    if not (custom or plan.domains):
        return []
    found = [
        Farewell(
            id="dns-leftovers",
            side="DNS",
            what="Remove every DNS record that still points to the old side, a forgotten www, a"
            " wildcard or a throw-away name among them.",
            earliest="after the decision, and before the names are taken from the old app",
            why="A record that points to a platform where the name belongs to nobody can be taken"
            " over by anybody.",
            after=("decide",),
        )
    ]
    found += [
        Farewell(
            id=f"old-domain {domain.hostname}",
            side="old side",
            what=f"Take the name {domain.hostname} from the old app.",
            earliest="when no record points there any more",
            why="Its certificate ends with it; the name is then free to be claimed there.",
            after=("dns-leftovers",),
            action="remove-domain",
            words={"domain": domain.hostname},
        )
        for domain in custom
    ]
    return found


def _mine(plan: Plan, addon: Addon) -> bool:
    return not addon.billed_to or addon.billed_to == plan.source.app


def _lends(plan: Plan, addon: Addon) -> bool:
    """Whether variables of an add-on that goes may be in use on the new side: they move along."""
    choice = plan.addons.get(addon.name)
    return (
        bool(addon.provides) and _mine(plan, addon) and (choice is None or choice.action == "stay")
    )


def _keys(addon: Addon) -> Farewell:
    return Farewell(
        id=f"keys {addon.name}",
        side="new side",
        what=f"Replace the keys that {addon.name} gave ({', '.join(addon.provides)}) by those of an"
        " account of your own at the vendor, or see that the new side does not use them.",
        earliest="now",
        why="They end at once when the add-on or the old app is deleted, and the new side would"
        " fail in whatever it does with them.",
    )


def _addon(plan: Plan, addon: Addon, keys: set[str]) -> Farewell:
    price = (
        "a price that is unknown"
        if addon.monthly_cents is None
        else f"{addon.monthly_cents / 100:.2f} a month"
        if addon.monthly_cents
        else "nothing today"
    )
    if not _mine(plan, addon):
        return Farewell(
            id=f"addon {addon.name}",
            side="old side",
            what=f"Leave {addon.name} ({addon.service}) to {addon.billed_to}, which it belongs to.",
            earliest="never from here",
            why="Only the attachment goes, with this app.",
            after=("decide",),
        )
    shared = f" It is shared with {', '.join(addon.shared_with)}: move it to its other user first."
    return Farewell(
        id=f"addon {addon.name}",
        side="old side",
        what=f"Remove the add-on {addon.name} ({addon.plan or addon.service})."
        + (shared if addon.shared_with else ""),
        earliest="after the last backup, and after its own data were fetched",
        why=f"It is billed by itself ({price}) until it is removed; what it stores goes with it.",
        after=("last-backup", *({f"keys {addon.name}"} & keys)),
        action="" if addon.shared_with else "remove-addon",
        words={"addon": addon.name},
        final=True,
    )


def _unknown_addons(plan: Plan) -> Farewell:
    return Farewell(
        id="addons",
        side="old side",
        what=f"Look up the add-ons of {plan.source.app} and remove them: there is no inventory.",
        earliest="after the last backup",
        why="Each is billed by itself; what it stores goes with it.",
        after=("last-backup",),
        final=True,
    )


def _phi(plan: Plan) -> str:
    return "regulated data (PHI)" if plan.regulated else "the app's data"
