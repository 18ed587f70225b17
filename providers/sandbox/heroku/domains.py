"""Under which names is the app reached, and with which certificates?

Shapes: Platform API schema (domain, sni-endpoint), version 3. `cname` is the DNS target.
"""

from cryptography import x509
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from providers.sandbox.heroku.apps import reference
from providers.sandbox.heroku.context import Context
from providers.sandbox.heroku.front import needs
from providers.sandbox.heroku.replies import Json, Refusal, found, reply, stable_id, stamp
from providers.sandbox.heroku.state import App, Domain


def routes(context: Context) -> list[Route]:
    """Routes of this subject."""

    async def domains(request: Request) -> Response:
        app = context.app(request)
        shown = [_domain(app, domain) for domain in app.domains]
        return context.pager.list(request, shown, ("id", "hostname"))

    async def one(request: Request) -> Response:
        app = context.app(request)
        return reply(_domain(app, _found(app, request)))

    async def remove(request: Request) -> Response:
        app = context.app(request)
        domain = _found(app, request)
        if domain.kind != "custom":
            raise Refusal(422, "invalid_params", "The default domain cannot be removed.")
        app.domains.remove(domain)
        context.ground.source_router.set_site(domain.hostname, None)
        context.note("domain-removed", app=app.name, hostname=domain.hostname)
        return reply(_domain(app, domain))

    async def endpoints(request: Request) -> Response:
        app = context.app(request)
        return context.pager.list(request, _endpoints(context, app), ("id", "name"))

    here = "/apps/{app}/domains"
    return [
        Route(here, needs("read", domains)),
        Route(here + "/{domain}", needs("read", one)),
        Route(here + "/{domain}", needs("write", remove), methods=["DELETE"]),
        Route("/apps/{app}/sni-endpoints", needs("read", endpoints)),
    ]


def _found(app: App, request: Request) -> Domain:
    wanted = request.path_params["domain"]
    match = (domain for domain in app.domains if wanted in (domain.hostname, domain.id))
    return found(next(match, None), "domain", "domain")


def _custom(app: App) -> list[Domain]:
    return [domain for domain in app.domains if domain.kind == "custom"]


def _endpoint_reference(app: App) -> Json:
    name = f"{app.name}-{stable_id('sni', app.id)[:5]}"
    return {"id": stable_id("sni", app.id), "name": name}


def _domain(app: App, domain: Domain) -> Json:
    custom = domain.kind == "custom"
    return {
        "acm_status": domain.acm_status if custom else None,
        "acm_status_reason": domain.acm_status_reason,
        "app": reference(app),
        "cname": domain.cname,
        "created_at": stamp(domain.created),
        "hostname": domain.hostname,
        "id": domain.id,
        "kind": domain.kind,
        "sni_endpoint": _endpoint_reference(app) if custom and app.acm else None,
        "status": "succeeded" if custom else "none",
        "updated_at": stamp(domain.created),
    }


def _endpoints(context: Context, app: App) -> list[Json]:
    """The automatic certificate of the custom domains, and those that somebody uploaded."""
    names = [domain.hostname for domain in _custom(app)]
    shown = []
    if names and app.acm:
        ids = [domain.id for domain in _custom(app)]
        shown.append(_endpoint(context, app, _endpoint_reference(app), names, ids, acm=True))
    for each in app.uploaded:
        named = {"id": each.id, "name": each.name}
        ids = [domain.id for domain in _custom(app) if domain.hostname in each.hostnames]
        # With automatic certificates on, a domain is served by those; this one is left over.
        ids = [] if app.acm else ids
        shown.append(_endpoint(context, app, named, each.hostnames, ids, acm=False))
    return shown


def _endpoint(
    context: Context, app: App, named: Json, names: list[str], domains: list[str], *, acm: bool
) -> Json:
    leaf = context.ground.authority.certificate(*names)
    certificate = x509.load_pem_x509_certificate(leaf.cert_pem)
    return {
        **named,
        "app": reference(app),
        "certificate_chain": leaf.cert_pem.decode(),
        "created_at": stamp(app.created),
        "display_name": None,
        "domains": domains,
        "ssl_cert": {
            "acm": acm,
            "ca_signed?": True,
            "cert_domains": names,
            "expires_at": stamp(certificate.not_valid_after_utc.timestamp()),
            "id": stable_id("certificate", leaf.sha256),
            "issuer": certificate.issuer.rfc4514_string(),
            "self_signed?": False,
            "starts_at": stamp(certificate.not_valid_before_utc.timestamp()),
            "subject": certificate.subject.rfc4514_string(),
        },
        "updated_at": stamp(app.created),
    }
