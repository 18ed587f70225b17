"""The inventory in words: grouped, each group with where it was read, what is not known last."""

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from wizard.model.account import AppSeen, AppsSeen
from wizard.model.inventory import Domain, Inventory, Process, SourceDatabase, Variable
from wizard.model.inventory_change import Change, InventoryRead
from wizard.rules.cloud_words import cloud_words
from wizard.rules.container_words import container_facts

WIDTH = 80


class Fact(Protocol):
    """Anything of the inventory that says where it was seen."""

    @property
    def where(self) -> str:
        """The call that brought it."""
        ...


def inventory_words(found: InventoryRead) -> str:
    """Everything the app is made of, at most 80 columns wide."""
    lines = [*_about(found), *_changes(found.changes)]
    lines += _group("processes", found.processes, _process)
    lines += _group(f"variables ({len(found.variables)})", found.variables, _variable)
    lines += _group(
        "add-ons",
        found.addons,
        lambda a: [
            _row((a.name, 32), (a.plan, 28), (_money(a.monthly_cents), 0)),
            *_more(f"paid by {a.billed_to}" if a.billed_to not in ("", found.app) else ""),
            *_more(f"also used by {', '.join(a.shared_with)}" if a.shared_with else ""),
        ],
    )
    lines += _group("databases", found.databases, _database)
    lines += _group("domains", found.domains, _domain)
    if found.apps:
        lines += _of_containers(found)
    else:
        beside = [row for text in cloud_words(found.cloud) for row in _wrapped(text)]
        lines += ["", "cloud beside it", *beside] if beside else []
    lines += _group(
        "certificates",
        found.certificates,
        lambda c: [
            _row((c.name, 28), (_managed(c.managed), 22), (_until(c.expires), 0)),
            *_more(", ".join(c.hostnames)),
        ],
    )
    lines += _group("buildpacks", found.buildpacks, lambda b: [b.name])
    lines += _group(
        "drains",
        found.drains,
        lambda d: [_row((d.host, 36), (d.scheme, 12), (f"by {d.addon}" if d.addon else "", 0))],
    )
    lines += _group("webhooks", found.webhooks, lambda w: [f"{w.host}: {', '.join(w.events)}"])
    lines += _group(
        "people", found.collaborators, lambda c: [_row((c.email, 44), (c.role or "no role", 0))]
    )
    on = [feature for feature in found.features if feature.enabled]
    lines += _group(f"features on ({len(on)} of {len(found.features)})", on, lambda f: [f.name])
    lines += _group(
        "autoscaling",
        found.autoscalers,
        lambda a: [f"{a.process}: {a.minimum} to {a.maximum}, {_active(a.active)}"],
    )
    lines += _group(
        "deploys from a repository",
        found.auto_deploys,
        lambda d: [f"{d.repository}, {d.branch}: {_active(d.active)}"],
    )
    if found.siblings:
        lines += ["", f"beside it in the pipeline {found.pipeline}"]
        lines += [f"  {_row((s.app, 36), (s.stage, 0))}" for s in found.siblings]
    if found.outbound_ips:
        lines += ["", "outbound addresses", *_wrapped(", ".join(found.outbound_ips))]
    if found.gaps:
        lines += ["", f"not known ({len(found.gaps)})"]
        for gap in found.gaps:
            lines += _wrapped(f"{gap.subject}: {gap.reason}")
    return "\n".join(lines)


def apps_words(seen: AppsSeen) -> str:
    """The apps that an account can see, one line each."""
    lines = [_heading(f"apps ({len(seen.apps)})", seen.where)]
    for app in seen.apps:
        row = _row((app.name, 32), (app.team or "your own", 22), (_since(app), 0))
        lines += _wrapped(row)
        if app.services:
            lines += _wrapped(", ".join(app.services), first="      ")
    for strange in seen.unknown:
        lines += _wrapped(f"not known: {strange}")
    left = "" if seen.calls_left is None else f", {seen.calls_left} left this hour"
    many = "1 call" if seen.calls == 1 else f"{seen.calls} calls"
    return "\n".join([*lines, "", f"{many}{left}"])


def _since(app: AppSeen) -> str:
    if app.released:
        return f"released {app.released:%Y-%m-%d}"
    if app.services is None:
        return "never released"
    many = f"{len(app.services)} services" if app.services else "no services seen"
    return f"{many}, {app.region or 'region not told'}"


def _about(found: Inventory) -> list[str]:
    places = [found.region, found.stack, f"pipeline {found.pipeline}" if found.pipeline else ""]
    places += [f"team {found.team}" if found.team else ""]
    places += [f"space {found.space}" if found.space else ""]
    release = found.release
    lines = [f"{found.app} on {found.source} ({', '.join(p for p in places if p)})"]
    if found.apps:
        lines.append("an app of images: no release is told, and no commit")
        return lines
    lines.append(
        f"release v{release.version}, commit {release.commit[:12] or 'unknown'}, "
        f"{release.created_at:%Y-%m-%d %H:%M} UTC"
        if release
        else "no release"
    )
    lines.append(f"maintenance page: {'on' if found.maintenance else 'off'}")
    costs = [process.monthly_cents for process in found.processes]
    costs += [addon.monthly_cents for addon in found.addons]
    known = sum(cents for cents in costs if cents is not None)
    missing = sum(cents is None for cents in costs)
    things = "1 thing" if missing == 1 else f"{missing} things"
    unknown = f", and {things} whose price is not told" if missing else ""
    lines.append(f"costs {_money(known)} a month{unknown}")
    return lines


def _of_containers(found: Inventory) -> list[str]:
    """What only a source of containers tells, group by group."""
    lines: list[str] = []
    group = ""
    for told in container_facts(found):
        if told.group != group:
            lines += ["", told.group]
            group = told.group
        lines += _wrapped(f"{told.name}: {told.seen}")
    return lines


def _changes(changes: Sequence[Change] | None) -> list[str]:
    if changes is None:
        return ["first look: nothing to compare with"]
    if not changes:
        return ["nothing changed since the last look"]
    lines = ["", f"changed since the last look ({len(changes)})"]
    for change in changes:
        lines += _wrapped(change.words)
    return lines


def _group(title: str, facts: Sequence[Fact], say: Callable[..., Iterable[str]]) -> list[str]:
    """A heading with where most of it was read, and each exception; nothing for an empty group."""
    if not facts:
        return []
    common, times = Counter(fact.where for fact in facts).most_common(1)[0]
    if times == 1 and len(facts) > 1:
        common = ""
    lines = ["", title if not common else _heading(title, common)]
    for fact in facts:
        for number, line in enumerate(say(fact)):
            lines += _wrapped(line, first="  " if number == 0 else "      ")
        if fact.where != common:
            lines += _wrapped(f"({fact.where})", first="      ")
    return lines


def _heading(title: str, where: str) -> str:
    if len(title) + len(where) + 4 <= WIDTH:
        return f"{title}{where:>{WIDTH - len(title)}}"
    return "\n".join([title, *_wrapped(f"({where})")])


def _process(process: Process) -> list[str]:
    size = process.size or "no size"
    memory = f"{process.memory_mb} MB each" if process.memory_mb else "memory not known"
    row = _row(
        (process.name, 12),
        (f"{process.quantity} × {size}", 22),
        (memory, 18),
        (_money(process.monthly_cents), 0),
    )
    return [row, *_more(process.command)]


def _variable(variable: Variable) -> list[str]:
    state = "masked" if variable.masked else "empty" if variable.empty else ""
    state = "no value here" if variable.lacks else state
    owner = variable.owner or variable.origin
    return [_row((variable.name, 34), (owner, 32), (state, 0))]


def _database(database: SourceDatabase) -> list[str]:
    version = f"{database.engine} {database.version}".strip()
    size = "size not known" if database.size_bytes is None else _size(database.size_bytes)
    row = _row((database.variable or "no variable", 22), (version, 16), (database.plan, 0))
    memory = f"{database.memory_mb} MB memory" if database.memory_mb else "memory not known"
    tables = f"{database.tables} tables" if database.tables is not None else ""
    used = f"connections {database.connections}" if database.connections else ""
    extras = [size, tables, memory, used]
    extras += [f"followed by {', '.join(database.followers)}"] if database.followers else []
    return [row, *_more(", ".join(extra for extra in extras if extra))]


def _domain(domain: Domain) -> list[str]:
    own = "a name of your own" if domain.kind == "custom" else "the platform's own name"
    row = _row((domain.hostname, 42), (domain.certificate or own, 0))
    target = f"DNS target {domain.target}" if domain.target else ""
    if domain.process:
        target += f"{', ' if target else ''}leads to {domain.process}"
        target += f", port {domain.port} of its container" if domain.port else ""
    return [row, *_more(target), *_more(domain.certificate_reason)]


def _managed(managed: bool | None) -> str:
    if managed is None:
        return "not told by whom"
    return "renewed by itself" if managed else "uploaded"


def _until(expires: datetime | None) -> str:
    return f"until {expires:%Y-%m-%d}" if expires else "end not told"


def _active(active: bool) -> str:
    return "ACTIVE" if active else "off"


def _money(cents: int | None) -> str:
    return "price not told" if cents is None else f"${cents / 100:,.2f}"


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _row(*cells: tuple[str, int]) -> str:
    """Cells side by side, each at least as wide as said; never cut, rather longer."""
    return " ".join(f"{text:<{width}}" if width else text for text, width in cells).rstrip()


def _more(text: str) -> list[str]:
    return [text] if text else []


def _wrapped(text: str, first: str = "  ") -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first + "    ",
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    ) or [first.rstrip()]
