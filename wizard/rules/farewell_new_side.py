"""What a move leaves on the new side and in DNS that somebody has to look after."""

from wizard.model.decommission import Aftermath, Farewell
from wizard.model.plan import Plan


def new_side_farewells(plan: Plan, aftermath: Aftermath) -> list[Farewell]:
    """Practice databases and the backups they left, the operator's way in, TTLs, a spare name."""
    moved = aftermath.ending == "moved"
    found = [_proven_backup(plan)] if moved and _data(plan) else []
    found += [_practice(plan, handle) for handle in aftermath.practice_databases]
    if aftermath.removed_databases or aftermath.practice_databases:
        found.append(_retained(plan, aftermath))
    if aftermath.default_endpoint:
        found.append(_way_in(plan, moved))
    if plan.domains:
        found.append(_ttl_back(plan, aftermath))
    if plan.dns.rehearsal_name:
        found.append(
            Farewell(
                id="rehearsal-name",
                side="DNS",
                what=f"Remove the throw-away name {plan.dns.rehearsal_name} from DNS.",
                earliest="when no rehearsal is planned any more",
                why="It points to a platform under a name that nobody watches.",
            )
        )
    if not moved and (aftermath.practice_databases or aftermath.default_endpoint):
        found.append(_new_side_billed(plan))
    return found


def _data(plan: Plan) -> list[str]:
    return [choice.handle for choice in plan.databases if choice.move_data]


def _proven_backup(plan: Plan) -> Farewell:
    return Farewell(
        id="backup-proven",
        side="new side",
        what=f"See that {plan.target.kind} has taken its first backup of the moved database, and"
        " restore it once beside it.",
        earliest="a day after the move",
        why="Until a backup of the new side was restored, the old side is the only one to go back"
        " to. Delete what the trial made: its backups are kept as well.",
        action="list-backups",
        words={
            "database": f"{_data(plan)[0]}-live",
            "environment": plan.target.environment,
        },
    )


def _practice(plan: Plan, handle: str) -> Farewell:
    return Farewell(
        id=f"practice-database {handle}",
        side="new side",
        what=f"Delete the practice database {handle}.",
        earliest="when no rehearsal is planned any more",
        why=f"It is billed like any other, and holds what was put into it{_phi(plan)}.",
        action="delete-database",
        words={"database": handle, "environment": plan.target.environment},
        final=True,
    )


def _retained(plan: Plan, aftermath: Aftermath) -> Farewell:
    names = (*aftermath.removed_databases, *aftermath.practice_databases)
    return Farewell(
        id="retained-backups",
        side="new side",
        what=f"Purge the backups that {plan.target.kind} retains of deleted practice databases:"
        f" {', '.join(sorted(names))}.",
        earliest="when they are deleted",
        why="Deleting a database keeps its last backup, and others by the environment's retention,"
        f" with all that was in it{_phi(plan)}. An environment with backups cannot be deleted.",
        after=tuple(f"practice-database {name}" for name in aftermath.practice_databases),
        action="list-orphaned-backups",
        words={"environment": plan.target.environment},
        final=True,
    )


def _phi(plan: Plan) -> str:
    return "; that may be regulated data (PHI)" if plan.regulated else ""


def _way_in(plan: Plan, moved: bool) -> Farewell:
    return Farewell(
        id="operator-endpoint",
        side="new side",
        what=f"Remove the operator's own endpoint of {plan.target.app} (the platform's default"
        " name), or keep its list of allowed addresses narrow.",
        earliest="when nobody tests through it any more",
        why="It is billed, and a second way into the app that nobody watches.",
        after=("decide",) if moved else (),
    )


def _ttl_back(plan: Plan, aftermath: Aftermath) -> Farewell:
    before = ", ".join(f"{name} {ttl} s" for name, ttl in sorted(aftermath.old_ttls.items()))
    wanted = plan.dns.restore_ttl
    to = f"{wanted} s" if wanted is not None else before or "what they were (not recorded)"
    moved = aftermath.ending == "moved"
    return Farewell(
        id="ttl-back",
        side="DNS",
        what=f"Raise the TTL of the names from {plan.dns.low_ttl} s back to {to}."
        if moved
        else f"See that the TTL of the names is no longer {plan.dns.low_ttl} s but {to}.",
        earliest="after the decision" if moved else "now, unless the move is tried again soon",
        why="The TTL of the new record is the time a way back takes: raise it last. A low one for"
        " good makes every name server outage felt at once.",
        after=("decide",) if moved else (),
    )


def _new_side_billed(plan: Plan) -> Farewell:
    return Farewell(
        id="new-side",
        side="new side",
        what=f"Decide whether the environment {plan.target.environment} stays for another try.",
        earliest="now",
        why="Its app, databases and endpoints are billed while nobody uses them.",
    )
