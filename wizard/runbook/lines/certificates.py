"""The certificates of the new side: ready by Aptible's word, and shown by a look at the site."""

from wizard.acts import do
from wizard.errors import BlockedError
from wizard.model.dns import CERTIFICATE_REFUSED
from wizard.model.evidence import Evidence
from wizard.model.target import Endpoint
from wizard.runbook.context import RunContext
from wizard.runbook.lines import new_side
from wizard.runbook.lines.sides import remember_sides

_NO_SWITCH = "the names are not switched"
_AGAIN = f"then {do('again')}; to go back, {do('roll-back')}"


async def custom_endpoints(context: RunContext) -> list[Endpoint]:
    found = [await new_side.custom_endpoint(context, name) for name in context.stage.names]
    return [e for e in found if e is not None]


async def certificates_ready(context: RunContext) -> Evidence | None:
    """Proof that every name's certificate is ready, by a pinned connection with the real name."""
    found = await _look(context)
    return found if isinstance(found, Evidence) else None


async def refuse_switch_without_certificates(context: RunContext) -> None:
    """Raise BlockedError: a certificate is not ready, or the new side does not answer."""
    found = await _look(context)
    if isinstance(found, BlockedError):
        raise found


async def _look(context: RunContext) -> Evidence | BlockedError:
    outside = context.session.outside
    prints = []
    for endpoint in await custom_endpoints(context):
        if endpoint.certificate != "ready":
            return _not_ready(
                f"at Aptible, the one of {endpoint.domain} is “{endpoint.certificate}”"
            )
        addresses = await outside.dns.addresses(endpoint.host)
        if not addresses:
            return _not_seen(endpoint, "its name has no address in DNS")
        answer = await outside.site.visit(f"https://{endpoint.domain}/", addresses[0])
        if answer.error.startswith(CERTIFICATE_REFUSED):
            return _not_ready(f"{endpoint.host} shows one for {endpoint.domain}: {answer.error}")
        if not answer.certificate:
            return _not_seen(endpoint, f"{addresses[0]}: {answer.error or 'no certificate shown'}")
        await remember_sides(context, endpoint, answer)
        prints.append(f"{endpoint.domain} {answer.certificate[:12]}…")
    return context.proof(f"certificate ready and valid: {', '.join(prints)}", "pinned connection")


def _not_ready(reason: str) -> BlockedError:
    return BlockedError(
        f"a certificate of the new side is not ready: {_NO_SWITCH}",
        f"{reason}\nwith the switch, every visitor would meet a certificate error",
        f"look at the endpoint at Aptible (its certificate has to be “ready”), {_AGAIN}",
    )


def _not_seen(endpoint: Endpoint, reason: str) -> BlockedError:
    return BlockedError(
        f"the new side does not answer for {endpoint.domain}: {_NO_SWITCH}",
        f"Aptible calls the certificate ready, but a look at {endpoint.host} failed: {reason}",
        f"check that port 443 of {endpoint.host} can be reached from this network, {_AGAIN}",
    )
