"""Where Heroku's APIs are: HEROKU_HOST and HEROKU_DATA_HOST, read as the official client does.

Only Heroku's own domains and this machine get the token, as with the official client.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from providers.http import is_loopback
from wizard.errors import UsageError

PLATFORM = "https://api.heroku.com"
DATA_HOST = "api.data.heroku.com"
METRICS = "https://api.metrics.heroku.com"
GITHUB = "https://kolkrabbi.heroku.com"
_OWN = ("heroku.com", "herokai.com", "herokuspace.com", "herokudev.com")


@dataclass(frozen=True)
class Hosts:
    """Base URLs: Platform API, data API, and the metrics and GitHub hosts beside them."""

    platform: str
    data: str
    metrics: str = METRICS
    github: str = GITHUB


def hosts(environ: Mapping[str, str]) -> Hosts:
    """All hosts. With HEROKU_HOST set to another place, that place is asked for everything: a
    token made there must not go to the real hosts. UsageError for a host that is not Heroku's.
    """
    platform = platform_url(environ)
    elsewhere = platform != PLATFORM
    return Hosts(
        platform=platform,
        data=data_url(environ),
        metrics=platform if elsewhere else METRICS,
        github=platform if elsewhere else GITHUB,
    )


def platform_url(environ: Mapping[str, str]) -> str:
    """The Platform API's base URL. A bare HEROKU_HOST means https://api.<host>."""
    host = environ.get("HEROKU_HOST", "").strip()
    if not host:
        return PLATFORM
    return _allowed(host if "://" in host else f"https://api.{host}", "HEROKU_HOST")


def data_url(environ: Mapping[str, str]) -> str:
    """The data API's base URL.

    HEROKU_DATA_HOST is a bare host; scheme and port are those of HEROKU_HOST. A whole URL is
    taken as it is.
    """
    host = environ.get("HEROKU_DATA_HOST", "").strip()
    if not host:
        return f"https://{DATA_HOST}"
    if "://" in host:
        return _allowed(host, "HEROKU_DATA_HOST")
    own = urlsplit(platform_url(environ))
    port = f":{own.port}" if own.port and ":" not in host else ""
    return _allowed(f"{own.scheme}://{host}{port}", "HEROKU_DATA_HOST")


def is_own(host: str) -> bool:
    """Whether a host is one of Heroku's."""
    return any(host == domain or host.endswith(f".{domain}") for domain in _OWN)


def _allowed(url: str, variable: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not is_own(host) and not is_loopback(host):
        raise UsageError(
            f"{variable} does not name a host of Heroku's",
            f"{host or 'the value'} is neither below heroku.com nor this machine",
            f"unset {variable}, or point it at the sandbox; the token was not sent",
        )
    return url
