"""Names that have to lead to the source, or it refuses every change of the app: also the freeze."""

from collections.abc import Collection, Iterable, Mapping

from wizard.model.database import Finding
from wizard.model.inventory import Domain


def bound_findings(
    domains: Iterable[Domain], addresses: Mapping[str, Collection[str]], source: str
) -> list[Finding]:
    """A block for each bound name that leads elsewhere; `addresses`: name → where it leads now."""
    return [
        Finding(
            rule="dns.source-takes-no-change",
            severity="block",
            subject=domain.hostname,
            detail=f"it leads to {_words(addresses[domain.hostname])}; {source} wants it at"
            f" {domain.target}, and lets nobody stop or start the app while it leads elsewhere",
            remedy=f"let it lead to {domain.target} again, and wait until its old TTL is over",
            otherwise="the old side could not be frozen",
        )
        for domain in domains
        if domain.binds and domain.target and domain.hostname in addresses
        if domain.target not in addresses[domain.hostname]
    ]


def _words(addresses: Collection[str]) -> str:
    return ", ".join(sorted(addresses)) or "nothing"
