"""What changed on the source between two looks? Pure; by the names things go by.

What grows or breathes by itself (time of the look, sizes by less than a tenth, connections) is no
change. What could not be read is neither gone nor new: it is unknown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from wizard.forecast.staleness import resized
from wizard.model.inventory import Inventory
from wizard.model.inventory_change import Change

ITSELF = "the app itself"
Words = Mapping[str, str]
"""Subject → what is compared of it, in words."""


def changes(before: Inventory, now: Inventory) -> tuple[Change, ...]:
    """Every difference, grouped as the inventory is; empty when nothing that matters changed."""
    if before.app_id != now.app_id:
        return (Change(kind="app", subject=ITSELF, what="changed", before=before.app, now=now.app),)
    found: list[Change] = []
    unread_before = {gap.subject for gap in before.gaps}
    unread_now = {gap.subject for gap in now.gaps}
    for kind, read in KINDS.items():
        found += _compared(kind, read(before), read(now), kind in unread_before, kind in unread_now)
    found += _values(before, now)
    found += _sizes(before, now)
    reasons = {gap.subject: gap.reason for gap in now.gaps}
    found += [
        Change(kind="not known", subject=subject, what="unknown", now=reasons[subject])
        for subject in sorted(unread_now - unread_before)
    ]
    found += [
        Change(kind="not known", subject=subject, what="known")
        for subject in sorted(unread_before - unread_now)
    ]
    return tuple(found)


def _compared(
    kind: str, before: Words, now: Words, unread_before: bool, unread_now: bool
) -> Iterable[Change]:
    if kind in ASIDE:
        # Said by the thing itself when it comes or goes.
        both = before.keys() & now.keys()
        before, now = {n: before[n] for n in both}, {n: now[n] for n in both}
    for subject in sorted({*before, *now}):
        if subject not in now:
            if not unread_now:
                yield Change(kind=kind, subject=subject, what="removed", before=before[subject])
        elif subject not in before:
            if not unread_before:
                yield Change(kind=kind, subject=subject, what="added", now=now[subject])
        elif before[subject] != now[subject]:
            yield Change(
                kind=kind,
                subject=subject,
                what="changed",
                before=before[subject],
                now=now[subject],
            )


def _values(before: Inventory, now: Inventory) -> Iterable[Change]:
    """Variables with another value: by keyed hash where both looks have one, else by length."""
    old = {variable.name: variable for variable in before.variables}
    for variable in now.variables:
        was = old.get(variable.name)
        if was is None or was.masked or variable.masked or was.lacks or variable.lacks:
            continue
        if was.fingerprint and variable.fingerprint:
            other = was.fingerprint != variable.fingerprint
        else:
            other = was.length != variable.length
        if other:
            yield Change(kind="values", subject=variable.name, what="changed")


def _sizes(before: Inventory, now: Inventory) -> Iterable[Change]:
    old = {database.name: database.size_bytes for database in before.databases}
    for database in now.databases:
        was, size = old.get(database.name), database.size_bytes
        if was is not None and size is not None and resized(was, size):
            yield Change(
                kind="database sizes",
                subject=database.name,
                what="changed",
                before=f"{was / 1e6:,.0f} MB",
                now=f"{size / 1e6:,.0f} MB",
            )


def _app(found: Inventory) -> Words:
    pairs = {
        "maintenance page": "on" if found.maintenance else "off",
        "stack": found.stack,
        "region": found.region,
        "pipeline": found.pipeline,
        "team": found.team,
        "space": found.space,
        "automatic certificates": {None: "", True: "on", False: "off"}[
            found.automatic_certificates
        ],
    }
    return {name: said for name, said in pairs.items() if said}


def _release(found: Inventory) -> Words:
    return {"": f"v{found.release.version}"} if found.release else {}


def _joined(*parts: object) -> str:
    return ", ".join(str(part) for part in parts if part not in ("", None))


def _money(cents: int) -> str:
    return f"${cents / 100:,.2f} a month"


def _prices(found: Inventory) -> Words:
    costs = [(p.name, p.monthly_cents) for p in found.processes]
    costs += [(a.name, a.monthly_cents) for a in found.addons]
    return {name: _money(cents) for name, cents in costs if cents is not None}


def _listed(pairs: Sequence[tuple[str, str]]) -> Words:
    """By subject; several under one subject are compared together."""
    found: dict[str, list[str]] = {}
    for subject, said in pairs:
        found.setdefault(subject, []).append(said)
    return {subject: "; ".join(sorted(said)) for subject, said in found.items()}


def _state(active: bool) -> str:
    return "active" if active else "off"


KINDS: Mapping[str, Callable[[Inventory], Words]] = {
    "app": _app,
    "release": _release,
    "processes": lambda found: {
        p.name: _joined(f"{p.quantity} × {p.size}", p.command) for p in found.processes
    },
    "variables": lambda found: {
        v.name: _joined(v.origin, v.owner, "masked" if v.masked else "") for v in found.variables
    },
    "add-ons": lambda found: {
        a.name: _joined(a.plan, f"billed to {a.billed_to}" if a.billed_to else "")
        for a in found.addons
    },
    "prices": _prices,
    "attachments": lambda found: {
        f"{a.addon} as {a.alias} on {a.user_app}": a.credential for a in found.attachments
    },
    "databases": lambda found: {
        d.name: _joined(d.plan, d.version, d.variable, *d.followers) for d in found.databases
    },
    "domains": lambda found: {d.hostname: d.target or "" for d in found.domains},
    "certificate states": lambda found: {
        d.hostname: _joined(d.certificate_state, d.certificate_reason) for d in found.domains
    },
    "certificates": lambda found: {
        c.name: _joined(*c.hostnames, c.expires.date() if c.expires else "")
        for c in found.certificates
    },
    "buildpacks": lambda found: {b.name: f"at place {b.ordinal}" for b in found.buildpacks},
    "drains": lambda found: _listed([(d.host, _joined(d.scheme, d.addon)) for d in found.drains]),
    "webhooks": lambda found: _listed([(w.host, _joined(*w.events)) for w in found.webhooks]),
    "collaborators": lambda found: {c.email: c.role for c in found.collaborators},
    "features": lambda found: {f.name: "on" if f.enabled else "off" for f in found.features},
    "autoscalers": lambda found: _listed(
        [(a.process, f"{a.minimum} to {a.maximum}, {_state(a.active)}") for a in found.autoscalers]
    ),
    "auto-deploys": lambda found: {
        d.repository: _joined(d.branch, _state(d.active)) for d in found.auto_deploys
    },
    "siblings": lambda found: {s.app: s.stage for s in found.siblings},
    "outbound addresses": lambda found: dict.fromkeys(found.outbound_ips, ""),
}
"""Kind → its things. A source names the gap of a kind as the kind, so that it is found here."""

ASIDE = frozenset({"prices", "certificate states"})
"""Kinds that are a side of another kind's things."""

FREEZES_WITH = frozenset({"release", "processes", "variables", "values", "add-ons", "domains"})
"""Kinds that have to be as rehearsed when the old side is frozen."""


def that_matter_for_a_freeze(found: Iterable[Change]) -> tuple[Change, ...]:
    """Those that make what was rehearsed another thing; prices and the like do not."""
    return tuple(
        change
        for change in found
        if change.kind in FREEZES_WITH
        or (change.kind == "app" and change.subject == ITSELF)
        or (change.what == "unknown" and change.subject in FREEZES_WITH)
    )
