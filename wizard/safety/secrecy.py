"""Which config values are secrets? Whoever reads config teaches the redactor with this first."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from wizard.safety.redact import REDACTOR

_LONG = 8
_SECRET_WORDS = re.compile(
    r"(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|KEY|CREDENTIALS?|PRIVATE|DSN|SALT"
    r"|CERT|CERTIFICATE|PEM|SIGNATURE|WEBHOOK)(?:_|$|[0-9])|(?:APIKEY|SECRETKEY)"
)
# Words, short numbers and their chains: "production", "us-west-1", "en_US.UTF-8",
# "noreply@example.test". Hiding these would blank out ordinary messages.
_PLAIN_PIECE = re.compile(r"[a-z]{1,16}|[A-Z]{1,16}|[A-Z][a-z]{1,15}|[0-9]{1,4}")
_PATH = re.compile(r"(?:/[A-Za-z0-9_.-]{1,64}){2,12}")
# What is public by itself, and secret only as the content of a file.
_CERTIFICATE_WORDS = re.compile(r"(?:^|_)(?:CERT|CERTIFICATE|PEM)(?=_|$|[0-9])")
_CERTIFICATE_PATH = re.compile(r"(?:/[A-Za-z0-9_.-]{1,64}){1,12}/?")
_OF_A_PLACE = ("_FILE", "_PATH", "_DIR", "_DIRECTORY", "_FOLDER")
_PORT = re.compile(r"(?<=[A-Za-z0-9]):[0-9]{2,5}(?=[/,]|$)")
_BETWEEN = re.compile(r"[-_. /:,;@|+&%=\[\]*]+")


def is_secret(name: str, value: str) -> bool:
    """Whether `value` must never be seen.

    True under a name that says so, or when the value is eight characters or longer and not made
    of plain words; a web address without user, password and query is judged by its words too, and
    so is the path of a file that a name such as SESSION_KEY_FILE or CERT_ROOT_PATH has: that file
    is the secret.
    """
    text = value.strip()
    if _SECRET_WORDS.search(name.upper()) and not _is_place(name.upper(), text):
        return bool(text)
    if len(text) < _LONG:
        return False
    if "://" in text:
        try:
            parts = urlsplit(text)
        except ValueError:
            return True
        if parts.username or parts.password or parts.query or parts.fragment:
            return True
        text = f"{parts.netloc}{parts.path}"
    text = _PORT.sub("", text)
    return not all(_PLAIN_PIECE.fullmatch(piece) for piece in _BETWEEN.split(text) if piece)


def _is_place(name: str, text: str) -> bool:
    """Whether a secret's name stands for where it lies, and the value is a path."""
    if not _SECRET_WORDS.search(_CERTIFICATE_WORDS.sub("", name)):
        return _CERTIFICATE_PATH.fullmatch(text) is not None
    return name.endswith(_OF_A_PLACE) and _PATH.fullmatch(text) is not None


def learn_secrets(values: Mapping[str, str], public: Collection[str] = ()) -> None:
    """Teach the redactor those of `values` (by name) that are secret.

    `public`: names that stand openly beside them, in small letters (see `Redactor.learn`).
    """
    secrets = (value for name, value in values.items() if is_secret(name, value))
    REDACTOR.learn(*secrets, public=public)
