"""How much memory has a data plan? Heroku's API does not say; its plan tables do.

Third-party copies of Heroku's plan tables, not verified against the real service: a plan that is
not listed is unknown.
"""

from collections.abc import Mapping

_POSTGRES_GB: Mapping[str, int] = {
    "0": 4,
    "2": 8,
    "3": 15,
    "4": 30,
    "5": 61,
    "6": 122,
    "7": 244,
    "8": 488,
    "9": 768,
}
_POSTGRES_TIERS = frozenset({"standard", "premium", "private", "shield"})
_REDIS_MB: Mapping[str, int] = {
    "mini": 25,
    "premium-0": 50,
    "premium-1": 100,
    "premium-2": 250,
    "premium-3": 500,
    "premium-5": 1024,
    "premium-7": 7 * 1024,
    "premium-9": 10 * 1024,
    "premium-10": 25 * 1024,
    "premium-12": 50 * 1024,
    "premium-14": 100 * 1024,
}


def memory_mb(plan: str) -> int | None:
    """MB of memory behind `service:plan`; None when the tables do not name it."""
    service, _, level = plan.lower().partition(":")
    if service == "heroku-redis":
        return _REDIS_MB.get(level)
    tier, _, number = level.partition("-")
    if service != "heroku-postgresql" or tier not in _POSTGRES_TIERS:
        return None
    gigabytes = _POSTGRES_GB.get(number.removesuffix("l"))
    return gigabytes * 1024 if gigabytes else None
