"""Is this one-time code good now? RFC 6238 with SHA-1, six digits, thirty seconds."""

import base64
import hashlib
import hmac
import secrets
import struct

_STEP = 30
_DIGITS = 6


def new_secret() -> str:
    """A fresh secret in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, seconds: float) -> str:
    """The code that an authenticator shows at that time (epoch seconds)."""
    counter = struct.pack(">Q", int(seconds) // _STEP)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def is_good(secret: str, code: str, seconds: float) -> bool:
    """Whether `code` is the one of now, or of the step before or after (clocks differ)."""
    near = (code_at(secret, seconds + shift) for shift in (-_STEP, 0, _STEP))
    return any(hmac.compare_digest(known, code) for known in near)
