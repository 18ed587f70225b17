"""What does a site answer at one exact address, without asking DNS and without changing hosts?"""

import asyncio
import hashlib
import ipaddress
import json
import re
import secrets
import ssl

import httpcore
import httpx
from cryptography import x509

from providers.dns.pinned import NotPinned, PinnedTransport
from wizard.model.dns import CERTIFICATE_REFUSED, PROBE_REQUEST_ID, SiteAnswer
from wizard.safety.clean import clean
from wizard.safety.network import Network

LARGEST_BODY = 256 * 1024
_LONGEST_FACT = 200
# The old side's request log is searched for real visitors; this and the request id mark our own
# looks. Heroku's router takes a caller's request id over into its log when it has 20 to 200 plain
# characters (Dev Center, "HTTP Request IDs"; not tried on the real service).
USER_AGENT = "moveday-probe"
_SITE_TROUBLE = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)


class PinnedSite:
    """Implements the port `SiteProbe`.

    The URL, Host header, SNI and certificate check keep the real name; only the TCP connection
    goes to the given address. No redirects, no proxy, no cookies, no settings from the
    environment.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._tls: ssl.SSLContext | None = None

    async def visit(
        self, url: str, address: str, *, facts: tuple[str, ...] = (), timeout: float = 10.0
    ) -> SiteAnswer:
        """GET `url` at `address`; see the port. `timeout` bounds the whole visit in seconds."""
        try:
            async with asyncio.timeout(timeout):
                return await self._visit(url, address, facts)
        except TimeoutError:
            error = f"not finished within {timeout:g} s"
        except NotPinned as refused:
            error = str(refused)
        except (*_SITE_TROUBLE, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as trouble:
            error = _reason(trouble)
        return SiteAnswer(
            url=_plain(url), address=clean(address, 60), status=None, error=clean(error, 500)
        )

    async def _visit(self, url: str, address: str, facts: tuple[str, ...]) -> SiteAnswer:
        target = httpx.URL(url)
        if target.scheme not in ("https", "http") or not target.host:
            raise NotPinned("only http and https addresses can be visited")
        if target.userinfo:
            raise NotPinned("an address with a password in it is not visited")
        if target.port is not None and not 0 < target.port < 65_536:
            raise NotPinned(f"not a port: {target.port}")
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise NotPinned(f"not an IP address: {clean(address, 60)}") from None
        port = target.port or (443 if target.scheme == "https" else 80)
        host = target.raw_host.decode("ascii")
        transport = PinnedTransport(self._network, self._context(), host, port, address)
        async with (
            httpx.AsyncClient(
                transport=transport,
                trust_env=False,
                follow_redirects=False,
                timeout=None,  # noqa: S113  the deadline around the whole visit is the timeout
                headers={
                    "User-Agent": USER_AGENT,
                    "Accept-Encoding": "identity",
                    "X-Request-Id": PROBE_REQUEST_ID + secrets.token_hex(8),
                },
            ) as client,
            client.stream("GET", target) as response,
        ):
            certificate, serial = _certificate(response)
            body, whole = await _body(response)
            kept, error = _facts(body, whole, facts) if facts else ({}, "")
            return SiteAnswer(
                url=_plain(url),
                address=address,
                status=response.status_code,
                certificate=certificate,
                serial=serial,
                via=clean(response.headers.get("via", ""), _LONGEST_FACT),
                server=clean(response.headers.get("server", ""), _LONGEST_FACT),
                hsts=bool(response.headers.get("strict-transport-security", "")),
                error=error,
                body_facts=kept,
            )

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            if self._network.ca_file:
                self._tls = ssl.create_default_context(cafile=self._network.ca_file)
            else:
                # Mozilla's list, as browsers have it: the question is what visitors would see.
                self._tls = httpx.create_ssl_context(trust_env=False)
        return self._tls


def _plain(url: str) -> str:
    """The URL as it may be shown: without what could be a password."""
    return clean(re.sub(r"//[^/?#]*@", "//", url), 500)


def _certificate(response: httpx.Response) -> tuple[str, str]:
    """SHA-256 and serial number of the leaf certificate, hex; empty without TLS."""
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    leaf = tls.getpeercert(binary_form=True) if tls is not None else None
    if not leaf:
        return "", ""
    try:
        serial = f"{x509.load_der_x509_certificate(leaf).serial_number:x}"
    except ValueError:
        serial = ""
    return hashlib.sha256(leaf).hexdigest(), serial


async def _body(response: httpx.Response) -> tuple[bytes, bool]:
    """The body up to the cap, and whether that was all of it. Raw: nothing is decompressed."""
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > LARGEST_BODY:
            return b"", False
    return bytes(body), True


def _facts(body: bytes, whole: bool, wanted: tuple[str, ...]) -> tuple[dict[str, str], str]:
    if not whole:
        return {}, f"the reply is larger than {LARGEST_BODY // 1024} KB: not read"
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        return {}, "the reply is not JSON"
    if not isinstance(page, dict):
        return {}, "the reply is JSON, but not an object"
    return {key: _shown(page[key]) for key in wanted if key in page}, ""


def _shown(value: object) -> str:
    return clean(value if isinstance(value, str) else json.dumps(value), _LONGEST_FACT)


def _reason(trouble: Exception) -> str:
    """The cause in words. A certificate's refusal lies under the client's own exception."""
    cause: BaseException | None = trouble
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"{CERTIFICATE_REFUSED}: {cause.verify_message}"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        cause = cause.__cause__ or cause.__context__
    return f"{type(trouble).__name__}: {trouble}" if str(trouble) else type(trouble).__name__
