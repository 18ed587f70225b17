"""Who serves a zone, told by its servers' names, and what can stand at the top of such a zone?

Server names: lists of DNS hosts kept by people who look for dangling records, and the hosts' own
pages. Aliases at the top of a zone: dnscontrol's table of providers. A family of names does not
always tell the control panel: some companies serve zones for others. The hosts' control panels
themselves were not checked.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

Apex = Literal["alias", "flattened", "none", "unknown"]


class DnsHost(NamedTuple):
    """A family of name servers. `apex`: how a name at the top may follow another name."""

    name: str
    apex: Apex
    note: str = ""


_FAMILIES: tuple[tuple[str, DnsHost], ...] = (
    (
        r"ns-\d+\.awsdns-\d+\.(com|net|org|co\.uk)",
        DnsHost("Route 53", "none", "its aliases lead to AWS resources of one's own only"),
    ),
    (
        r"[a-z-]+\.ns\.cloudflare\.com",
        DnsHost("Cloudflare", "flattened", "a proxied (orange) record never changes outside"),
    ),
    (r"ns\d(-\w+)?\.dnsimple(-edge)?\.(com|net|org)", DnsHost("DNSimple", "alias")),
    (r"dns\d\.registrar-servers\.com", DnsHost("Namecheap", "alias")),
    (
        r"ns\d+\.domaincontrol\.com",
        DnsHost("GoDaddy", "none", "forward the bare name to www; TTLs below 600 s may be refused"),
    ),
    (
        r"ns-cloud-\w+\.googledomains\.com",
        DnsHost(
            "Google Cloud DNS or Squarespace",
            "unknown",
            "both use these servers, so the control panel cannot be named from them",
        ),
    ),
    (r"ns\d+\.squarespacedns\.com", DnsHost("Squarespace", "unknown")),
    (
        r"ns\d-\d+\.azure-dns\.(com|net|org|info)",
        DnsHost("Azure DNS", "none", "its aliases lead to Azure resources only"),
    ),
    (
        r"dns\d\.p\d+\.nsone\.net",
        DnsHost(
            "NS1 or Netlify",
            "alias",
            "both use these servers, so the control panel cannot be named from them",
        ),
    ),
    (r"ns\d\.digitalocean\.com", DnsHost("DigitalOcean", "none")),
    (
        r"ns-\d+-\w\.gandi\.net",
        DnsHost("Gandi", "alias", "not in a zone signed with DNSSEC; TTLs from 300 s"),
    ),
    (r"(curitiba|fortaleza|maceio|salvador)\.ns\.porkbun\.com", DnsHost("Porkbun", "alias")),
    (r"ns\d\.vercel-dns\.com", DnsHost("Vercel", "alias", "TTLs from 60 s")),
    (r"ns\d\.vultr\.com", DnsHost("Vultr", "none")),
    (r"ns\d\.linode\.com", DnsHost("Linode", "unknown")),
    (r"ns\d+\.dnsmadeeasy\.com", DnsHost("DNS Made Easy", "alias")),
    (r"ns\d+\.worldnic\.com", DnsHost("Network Solutions", "unknown")),
)
_UNKNOWN = DnsHost("", "unknown")


def dns_host(servers: Iterable[str]) -> DnsHost:
    """The host by its servers' names; one with an empty name when they fit no family, or several.

    A zone that two hosts serve belongs to no single panel, so none is named.
    """
    found = set()
    for server in servers:
        plain = server.rstrip(".").lower()
        match = (host for form, host in _FAMILIES if re.fullmatch(form, plain))
        found.add(next(match, _UNKNOWN))
    return found.pop() if len(found) == 1 else _UNKNOWN


def apex_remedy(host: DnsHost, *, signed: bool) -> str:
    """What to do about a name at the top of a zone at this host."""
    redirect = "redirect the bare name to www, and move www"
    if host.apex == "flattened":
        return f"at {host.name} put a CNAME there with the proxy off (DNS only): it is flattened"
    if host.apex == "alias" and not (signed and host.name == "Gandi"):
        return f"put an ALIAS record there ({host.name} is said to have them), or {redirect}"
    if host.apex in ("alias", "none"):
        why = host.note or "it has no ALIAS records"
        return f"{redirect}: at {host.name} the bare name cannot follow another one ({why})"
    return f"look whether the DNS host has ALIAS (or flattened CNAME) records; if not, {redirect}"
