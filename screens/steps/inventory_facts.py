"""The inventory as rows for people: every fact with where it was seen, gaps last."""

from collections.abc import Iterator

from screens.widgets.fact_table import Fact
from wizard.forecast.durations import size
from wizard.model.inventory import Inventory
from wizard.rules.container_words import container_facts


def inventory_facts(found: Inventory) -> tuple[Fact, ...]:
    """One row a fact, in the order in which a person thinks of an app."""
    return tuple(_facts(found))


def _facts(found: Inventory) -> Iterator[Fact]:
    yield from _run(found)
    for variable in found.variables:
        owner = f"{variable.origin} {variable.owner}".strip()
        kind = f"{variable.length} characters"
        kind = "no value in these files" if variable.lacks else kind
        kind = "masked: nobody can read it" if variable.masked else kind
        seen = "empty" if variable.empty else f"{owner}, {kind}"
        mark = "!" if variable.masked else " "
        yield Fact(f"v/{variable.name}", "variable", variable.name, seen, variable.where, mark)
    for addon in found.addons:
        cost = "" if addon.monthly_cents is None else f", ${addon.monthly_cents / 100:.2f} a month"
        shared = f", shared with {', '.join(addon.shared_with)}" if addon.shared_with else ""
        mark = "!" if addon.shared_with else " "
        seen = f"{addon.plan}{cost}{shared}"
        yield Fact(f"a/{addon.id}", "add-on", addon.name, seen, addon.where, mark)
    for database in found.databases:
        big = "size unknown" if database.size_bytes is None else size(database.size_bytes)
        engine = f"{database.engine} {database.version}".strip()
        seen = f"{engine}, {big}, {database.plan}"
        yield Fact(f"d/{database.id}", "database", database.name, seen, database.where)
    yield from _names(found)
    for number, told in enumerate(container_facts(found)):
        mark = "!" if told.attention else " "
        yield Fact(f"k/{number}", told.group, told.name, told.seen, told.where, mark)
    yield from _around(found)
    for number, gap in enumerate(found.gaps):
        yield Fact(f"g/{number}", "not known", gap.subject, gap.reason, "", "?")


def _run(found: Inventory) -> Iterator[Fact]:
    if found.release is not None:
        release = found.release
        seen = f"v{release.version}, commit {release.commit[:12]}: {release.description}"
        yield Fact("release", "release", found.app, seen, "releases")
    for process in found.processes:
        memory = f"{process.memory_mb} MB" if process.memory_mb else ""
        size = ", ".join(dict.fromkeys(part for part in (process.size, memory) if part))
        many = f"{process.quantity if process.counted else '?'} x {size}".rstrip(" x")
        seen = f"{many}: {process.command or 'the command of its image'}"
        yield Fact(f"p/{process.name}", "process", process.name, seen, process.where)


def _names(found: Inventory) -> Iterator[Fact]:
    for domain in found.domains:
        seen = f"to {domain.target or 'the own name of the platform'} {domain.certificate_state}"
        if domain.process:
            port = f", port {domain.port}" if domain.port else ""
            there = f" (at {domain.target} today)" if domain.target else ""
            seen = f"to {domain.process}{port}{there}"
        yield Fact(f"n/{domain.hostname}", "domain", domain.hostname, seen.strip(), domain.where)
    for certificate in found.certificates:
        until = f", until {certificate.expires:%Y-%m-%d}" if certificate.expires else ""
        seen = f"{', '.join(certificate.hostnames)}{until}"
        yield Fact(
            f"c/{certificate.name}", "certificate", certificate.name, seen, certificate.where
        )


def _around(found: Inventory) -> Iterator[Fact]:
    for pack in found.buildpacks:
        name = f"{pack.ordinal}. {pack.name}"
        yield Fact(f"b/{pack.ordinal}", "buildpack", name, pack.url, pack.where)
    for drain in found.drains:
        seen = f"{drain.scheme} {drain.addon}".strip()
        yield Fact(f"l/{drain.host}", "log drain", drain.host, seen, drain.where)
    for person in found.collaborators:
        role = person.role or "no role told"
        yield Fact(f"u/{person.email}", "person", person.email, role, person.where)
    for feature in found.features:
        seen = "on" if feature.enabled else "off"
        yield Fact(f"f/{feature.name}", "feature", feature.name, seen, feature.where)
    for scaler in found.autoscalers:
        seen = f"{scaler.minimum} to {scaler.maximum}, {'active' if scaler.active else 'off'}"
        mark = "!" if scaler.active else " "
        key = f"s/{scaler.process}"
        yield Fact(key, "autoscaling", scaler.process, seen, scaler.where, mark)
    for auto in found.auto_deploys:
        seen = f"branch {auto.branch}, {'active' if auto.active else 'off'}"
        mark = "!" if auto.active else " "
        yield Fact(f"o/{auto.repository}", "auto-deploy", auto.repository, seen, auto.where, mark)
    for hook in found.webhooks:
        yield Fact(f"h/{hook.host}", "webhook", hook.host, ", ".join(hook.events), hook.where)
