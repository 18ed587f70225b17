"""Where MedStack's API is. Only MedStack's own domain and this machine get the token.

Base address: support.medstack.co/api (https://api.medstack.co/v1).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from providers.http import is_loopback
from wizard.errors import UsageError

API = "https://api.medstack.co/v1"
VARIABLE = "MEDSTACK_API_URL"
_OWN = "medstack.co"


def api_url(environ: Mapping[str, str]) -> str:
    """The API's base address, or what MEDSTACK_API_URL says. UsageError for a foreign host."""
    url = environ.get(VARIABLE, "").strip()
    if not url:
        return API
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if host != _OWN and not host.endswith(f".{_OWN}") and not is_loopback(host):
        raise UsageError(
            f"{VARIABLE} does not name a host of MedStack's",
            f"{host or 'the value'} is neither below {_OWN} nor this machine",
            f"unset {VARIABLE}, or point it at the sandbox; the token was not sent",
        )
    return url
