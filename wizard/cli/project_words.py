"""A project of plain files in words: apps, databases, ways in, volumes, what is not known."""

import textwrap
from collections.abc import Iterable, Iterator

from wizard.model.containers import Entry
from wizard.model.inventory import Domain, Inventory, Process
from wizard.rules.cloud_words import cloud_words

_WIDTH = 80


def project_words(found: Inventory) -> str:
    """Everything the files hold, at most 80 columns wide; never a value."""
    apps, databases = _many(len(found.apps), "app"), _many(len(found.databases), "database")
    lines = [f"{found.app}: {apps}, {databases}"]
    if found.team or found.region:
        lines.append(", ".join(part for part in (found.team, found.region) if part))
    if found.outbound_ips:
        lines.append(f"goes out from {', '.join(found.outbound_ips)}")
    lines += _group("apps", (f"{a.name}: {a.image or a.build}" for a in found.apps))
    lines += _group(
        "services",
        (
            f"{p.name} ({p.app}): {_count(p)} {p.command or 'the image’s own command'}"
            for p in found.processes
        ),
    )
    lines += _group(
        "databases",
        (f"{d.name}: {d.engine}{f' {d.version}'.rstrip()}, {d.plan}" for d in found.databases),
    )
    lines += _group("cloud beside it", cloud_words(found.cloud))
    lines += _group("host names", (_domain(d) for d in found.domains))
    lines += _group("ports", (f"{e.process} {_port(e)}" for e in found.entries))
    lines += _group("volumes", (f"{v.name}: {v.target}{_most(v.at_most)}" for v in found.volumes))
    lines += _group("files", (f"{f.name}: {f.kind}" for f in found.mounted_files))
    lines += _group(
        f"variables ({len(found.variables)})",
        (
            f"{v.name} ({v.app}){', no value here' if v.masked or v.lacks else ''}"
            for v in found.variables
        ),
    )
    lines += _group(
        "names of each other", (f"{r.variable or 'command'} → {r.to}" for r in found.references)
    )
    lines += _group(
        "asked of the platform",
        (f"{w.kind} {w.process} {w.value}".rstrip() for w in found.wishes),
    )
    lines += _group(
        "where the inputs differ (the last one counts)",
        (f"{c.subject} of {c.process}: {'; '.join(c.said)}" for c in found.conflicts),
    )
    lines += _group("not known", (f"{g.subject}: {g.reason}" for g in found.gaps))
    return "\n".join(lines)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _domain(domain: Domain) -> str:
    port = f", port {domain.port}" if domain.port else ""
    there = f" (leads to {domain.target} today)" if domain.target else ""
    return f"{domain.hostname} → {domain.process}{port}{there}"


def _port(entry: Entry) -> str:
    return "a port that is not told" if entry.port is None else f"{entry.port}/{entry.protocol}"


def _count(process: Process) -> str:
    if process.job:
        return "once"
    return f"{process.quantity} ×" if process.counted else "? ×"


def _most(used: int | None) -> str:
    return "" if used is None else f", at most {used / 1024**2:,.0f} MB"


def _group(title: str, facts: Iterable[str]) -> Iterator[str]:
    told = list(facts)
    if not told:
        return
    yield from ("", title)
    for fact in told:
        yield from textwrap.wrap(
            fact,
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="      ",
            break_long_words=False,
            break_on_hyphens=False,
        )
