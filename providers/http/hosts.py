"""Where a token may be sent: https, or this machine; and only to the host it belongs to."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from wizard.errors import UsageError

_DEFAULT_PORTS = {"https": 443, "http": 80}


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, by name or address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def checked_base(url: str, who: str) -> str:
    """`url` without a trailing slash, if a token may go there; UsageError otherwise."""
    parts = _split(url)
    host = (parts.hostname or "") if parts else ""
    if parts is None or not host or parts.scheme not in _DEFAULT_PORTS:
        raise UsageError(
            f"the address of {who} is not a web address", "", "it begins with https://"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            f"the address of {who} may hold a host and a path only",
            "no user, password or query",
            "set the plain address; tokens have a place of their own",
        )
    if parts.scheme != "https" and not is_loopback(host):
        raise UsageError(
            f"{who} would get the token over an unencrypted line",
            f"{parts.scheme}://{host} is neither https nor this machine",
            "use an https address",
        )
    return url.rstrip("/")


def within(base: str, path: str, who: str) -> str:
    """The URL to call: `path` under `base`, or an absolute link of the very same origin.

    Links come from API answers; a link to another host never gets the token (UsageError).
    """
    parts = _split(path)
    if parts is None:
        raise UsageError(f"{who} gave a link that is not a web address")
    if not parts.scheme and not parts.netloc:
        return f"{base}/{path.lstrip('/')}"
    own = urlsplit(base)
    if _origin(parts) != _origin(own) or parts.username or parts.password:
        raise UsageError(
            f"{who} gave a link to another host",
            f"{parts.hostname or '?'} is not {own.hostname}",
            "the token stays with its owner; nothing was sent",
        )
    return path


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)
