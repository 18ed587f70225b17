"""Under which names is the app reached, and with which certificates?"""

from collections.abc import Mapping
from datetime import UTC, datetime

from providers.sources.heroku.client import HerokuApi
from providers.sources.heroku.gaps import Gaps, both
from providers.sources.heroku.shapes import Domain as DomainShape
from providers.sources.heroku.shapes_around import SniEndpoint
from wizard.model.inventory import Domain
from wizard.model.platform_facts import Certificate

UPLOADED = "uploaded: its private key cannot be read from Heroku"


async def read_domains(
    api: HerokuApi, base: str, gaps: Gaps
) -> tuple[tuple[Domain, ...], tuple[Certificate, ...]]:
    """All host names, by name, with their certificate's state; and all certificates."""

    listed, certificates = await both(
        gaps.some("domains", api.some(DomainShape, f"{base}/domains")),
        gaps.some("certificates", api.some(SniEndpoint, f"{base}/sni-endpoints")),
    )
    gaps.tell(f"{len(listed)} domains")
    gaps.tell(f"{len(certificates)} certificates")
    managed = {each.id: each.ssl_cert.acm for each in certificates if each.id}
    for each in certificates:
        if each.ssl_cert.acm is False:
            gaps.add(
                f"private key of the certificate {each.name}",
                "uploaded to Heroku, which never gives a key out: have it at hand, or let the new"
                " side make a certificate of its own",
            )
    domains = [_domain(each, managed, f"GET {base}/domains") for each in listed]
    facts = [_certificate(each, f"GET {base}/sni-endpoints") for each in certificates]
    return (
        tuple(sorted(domains, key=lambda domain: domain.hostname)),
        tuple(sorted(facts, key=lambda certificate: certificate.name)),
    )


def _domain(shape: DomainShape, managed: Mapping[str, bool | None], where: str) -> Domain:
    endpoint = shape.sni_endpoint
    certificate = ""
    if shape.acm_status:
        certificate = f"automatic: {shape.acm_status}"
    elif endpoint is not None:
        certificate = "automatic" if managed.get(endpoint.id) else UPLOADED
    return Domain(
        hostname=shape.hostname,
        kind="default" if shape.kind == "heroku" else "custom",
        target=shape.cname or None,
        certificate=certificate,
        certificate_state=shape.acm_status or "",
        certificate_reason=shape.acm_status_reason or "",
        where=where,
    )


def _certificate(shape: SniEndpoint, where: str) -> Certificate:
    cert = shape.ssl_cert
    return Certificate(
        name=shape.name,
        hostnames=tuple(sorted(set(cert.cert_domains))),
        issuer=cert.issuer,
        expires=_in_utc(cert.expires_at),
        managed=cert.acm,
        where=where,
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    """A time without a zone is taken as UTC, which Heroku writes everywhere."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
