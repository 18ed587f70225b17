"""Data: memory of Heroku's database plans, MB, for when no API tells it.

Source: a third party's table of Heroku's plans (2025); not checked against Heroku. Plans that are
not listed are unknown (Essential plans share a machine and promise no memory).
"""

_POSTGRES_MB = {
    "0": 4_096,
    "2": 8_192,
    "3": 15_360,
    "4": 30_720,
    "5": 62_464,
    "6": 124_928,
    "7": 249_856,
    "8": 499_712,
    "9": 786_432,
}
_REDIS_MB = {
    "mini": 25,
    "premium-0": 50,
    "premium-1": 100,
    "premium-2": 250,
    "premium-3": 500,
    "premium-5": 1_024,
    "premium-7": 7_168,
    "premium-9": 10_240,
    "premium-10": 25_600,
    "premium-12": 51_200,
    "premium-14": 102_400,
}


def memory_of(plan: str) -> int | None:
    """MB of memory of a plan such as "heroku-postgresql:standard-0"; None when not known."""
    service, _, tier = plan.partition(":")
    if service == "heroku-redis":
        return _REDIS_MB.get(tier)
    family, _, number = tier.partition("-")
    if family in ("standard", "premium", "private", "shield"):
        return _POSTGRES_MB.get(number.removesuffix("l"))
    return None
