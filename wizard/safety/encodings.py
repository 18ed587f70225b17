"""How may one secret look in a text? Every spelling that programs and protocols give it."""

import base64
import html
import json
import re
import shlex
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_PERCENT = re.compile(r"%[0-9A-F]{2}")
# Unreserved marks that one client or another leaves as they are in a URL.
_LEFT_BY_SOME = ("", "/", "~", "!~*'()", "!$&'()*+,;=", "!$&'()*+,;=:@", "!$&'()*+,;=:@/?")
_MARKUP = re.compile("[<>&']")
_LINE_LENGTHS = (76, 64)


def encodings(secret: str) -> Iterator[str]:
    """Every spelling of `secret`; the same one may come more than once."""
    raw = secret.encode("utf-8", "surrogateescape" if _escaped_bytes(secret) else "surrogatepass")
    yield secret
    yield from _in_urls(raw)
    yield from _in_json(secret)
    yield repr(secret)[1:-1]
    yield repr(raw)[2:-1]
    yield shlex.quote(secret)
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    yield raw.hex()
    yield raw.hex().upper()
    yield from _in_base64(raw)


def _escaped_bytes(secret: str) -> bool:
    try:
        secret.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _in_urls(raw: bytes) -> Iterator[str]:
    for safe in _LEFT_BY_SOME:
        for form in (quote(raw, safe=safe), quote_plus(raw, safe=safe)):
            yield form
            yield _PERCENT.sub(lambda match: match.group().lower(), form)


def _in_json(secret: str) -> Iterator[str]:
    for ascii_only in (True, False):
        form = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield form
        # JSON as a string inside JSON.
        yield json.dumps(form, ensure_ascii=ascii_only)[1:-1]
        # Some writers escape the slash, some what HTML could mistake for markup.
        yield form.replace("/", "\\/")
        yield _MARKUP.sub(lambda match: f"\\u{ord(match.group()):04x}", form)
        yield _MARKUP.sub(lambda match: f"\\u{ord(match.group()):04X}", form)


def _in_base64(raw: bytes) -> Iterator[str]:
    """The characters that `raw` alone decides, for each of the three places it can begin at.

    With other bytes before or after it (`user:password`), the characters at the seams are mixed.
    """
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode()
        core = encoded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        yield core
        yield core.translate(str.maketrans("+/", "-_"))
    # Encoded on its own and broken into lines, as `base64` and PEM do.
    whole = base64.b64encode(raw).decode()
    for length in _LINE_LENGTHS:
        if len(whole) > length:
            yield from (whole[at : at + length] for at in range(0, len(whole), length))
