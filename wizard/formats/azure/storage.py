"""Azure Storage: accounts, connection strings and signed access (SAS) in the values of variables.

Shapes: Microsoft Learn (storage connection strings, service and account SAS). `se` is the end in
ISO 8601, with or without seconds or time, always UTC.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote

from wizard.formats.azure.given import Given
from wizard.model.cloud import BlobAccount, BlobToken

_HOST = re.compile(
    r"(?<![a-z0-9.-])([a-z0-9]{3,24})(?:-secondary)?\.(?:blob|dfs|file)\.core\.windows\.net(?![a-z0-9-])",
    re.IGNORECASE,
)
_IN_STRING = re.compile(r"(?:^|;)\s*AccountName=([a-z0-9]{3,24})(?=;|$)", re.IGNORECASE)
_KEY_IN_STRING = re.compile(r"(?:^|;)\s*AccountKey=[^;]", re.IGNORECASE)
_NAME_VARIABLE = re.compile(
    r"(?:^|_)AZURE_(?:STORAGE_)?ACCOUNT(?:_NAME)?$|(?:^|_)AZURE_BLOB_(?:STORAGE_)?ACCOUNT(?:_NAME)?$"
    r"|(?:^|_)STORAGE_ACCOUNT(?:_NAME)?$",
    re.IGNORECASE,
)
_KEY_VARIABLE = re.compile(
    r"(?:^|_)AZURE_(?:STORAGE_|BLOB_|ACCOUNT_)+(?:ACCESS_)?KEY$|(?:^|_)STORAGE_ACCOUNT_KEY$",
    re.IGNORECASE,
)
_PART = re.compile(r"(?:^|[?&;]|SharedAccessSignature=)(s[a-z]{1,2}g?)=([^&;\s\"']*)")
_EMULATOR = "devstoreaccount1"
_FORMS = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d")
Access = Literal["", "key", "token"]


def tokens_in(given: Iterable[Given]) -> Iterator[BlobToken]:
    """One per variable that holds a signed access to storage."""
    for each in given:
        parts = _signed(each.value)
        if parts is None:
            continue
        accounts = accounts_of(each.value)
        yield BlobToken(
            account=accounts[0] if accounts else "",
            app=each.app,
            variable=each.variable,
            expires=_moment(parts.get("se", "")),
            policy="si" in parts,
            where=each.where,
        )


def accounts_in(given: Iterable[Given]) -> Iterator[BlobAccount]:
    """One per account, with the strongest access that is seen to it."""
    all_given = tuple(given)
    places: dict[str, list[Given]] = {}
    for each in all_given:
        for account in accounts_of(each.value):
            places.setdefault(account, []).append(each)
        plain = each.value.strip()
        if _NAME_VARIABLE.search(each.variable) and re.fullmatch(r"[a-z0-9]{3,24}", plain):
            places.setdefault(plain, []).append(each)
    places.pop(_EMULATOR, None)
    for account, seen in places.items():
        # A key by itself is that of the account which is named by itself.
        apps = {each.app for each in seen if _NAME_VARIABLE.search(each.variable)}
        beside = [
            each
            for each in all_given
            if each.app in apps and each.value.strip() and _KEY_VARIABLE.search(each.variable)
        ]
        access: Access = ""
        if beside or any(_KEY_IN_STRING.search(each.value) for each in seen):
            access = "key"
        elif any(_signed(each.value) is not None for each in seen):
            access = "token"
        yield BlobAccount(
            account=account,
            access=access,
            stands_in=tuple(dict.fromkeys((e.app, e.variable) for e in (*seen, *beside))),
            where=seen[0].where,
        )


def accounts_of(text: str) -> list[str]:
    """The accounts that a value names, each once."""
    found = [name.lower() for name in _HOST.findall(text)] if "windows.net" in text.lower() else []
    found += [name.lower() for name in _IN_STRING.findall(text)]
    return [name for name in dict.fromkeys(found) if name != _EMULATOR]


def _signed(text: str) -> dict[str, str] | None:
    """The parts of a signed access; None when the value holds none."""
    if "sig=" not in text:
        return None
    parts = {name: unquote(value) for name, value in _PART.findall(text)}
    if not parts.get("sig") or not (parts.get("sv") or accounts_of(text)):
        return None
    return parts


def _moment(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
