"""May Let's Encrypt issue a certificate for a name? The CAA rules of RFC 8659 and RFC 8657."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

ISSUER = "letsencrypt.org"
METHOD = "dns-01"
_RECORD = re.compile(r'\A(\d+) ([A-Za-z0-9]+) "(.*)"\Z', re.DOTALL)
_KNOWN = frozenset({"issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone"})
_CRITICAL = 128


class CaaVerdict(NamedTuple):
    """`result` "limited": allowed, if the certificate authority's account is the named one."""

    result: Literal["allowed", "forbidden", "limited"]
    reason: str = ""


class _Property(NamedTuple):
    critical: bool
    tag: str
    value: str


def judge(records: Sequence[str], *, wildcard: bool = False) -> CaaVerdict:
    """Judge the record set closest to the name, in presentation form (`0 issue "x.org"`).

    An empty set allows everybody. For a wildcard name issuewild counts before issue.
    """
    properties = [found for record in records if (found := _parsed(record)) is not None]
    strange = next((p for p in properties if p.critical and p.tag not in _KNOWN), None)
    if strange is not None:
        return CaaVerdict("forbidden", f"a critical property nobody knows: {strange.tag}")
    issue = [p.value for p in properties if p.tag == "issue"]
    wild = [p.value for p in properties if p.tag == "issuewild"]
    decisive = wild if wildcard and wild else issue
    if not decisive:
        return CaaVerdict("allowed")
    verdicts = [_of_issuer(value) for value in decisive]
    order = {"allowed": 0, "limited": 1, "forbidden": 2}
    return min(verdicts, key=lambda verdict: order[verdict.result])


def _of_issuer(value: str) -> CaaVerdict:
    domain, *parameters = (part.strip() for part in value.split(";"))
    if domain.lower().rstrip(".") != ISSUER:
        return CaaVerdict("forbidden", f"only {domain or 'nobody'} may issue")
    named = {k.strip().lower(): v.strip() for k, _, v in (p.partition("=") for p in parameters)}
    methods = named.get("validationmethods")
    if methods is not None and METHOD not in re.split(r"[,\s]+", methods.lower()):
        return CaaVerdict("forbidden", f"{ISSUER} may issue, but not after {METHOD}: {methods}")
    if "accounturi" in named:
        return CaaVerdict("limited", f"only one account at {ISSUER}: {named['accounturi']}")
    return CaaVerdict("allowed")


def _parsed(record: str) -> _Property | None:
    match = _RECORD.match(record.strip())
    if match is None:
        return None
    return _Property(bool(int(match[1]) & _CRITICAL), match[2].lower(), match[3])
