"""A verdict over two databases in words: every item, and how much was looked at."""

from wizard.model.database import Check, Verdict

_TIER_WORDS = {
    "full": "the same",
    "sample": "no difference found in the counts and a sample of the rows; not a complete proof",
    "counts": "no difference found, rows only counted; not a complete proof",
}


def well(verdict: Verdict) -> bool:
    """Whether something was looked at and no item differs or is unfinished, in any tier."""
    return bool(verdict.checks) and not verdict.failures


def verdict_words(verdict: Verdict) -> str:
    """Every item; with differences, these once more at the end."""
    lines = []
    for check in verdict.checks:
        lines.append(f"  {check.kind:<18} {check.subject:<44} {check.result}")
        lines += [f"      {check.detail}"] if check.result == "explained" else []
    drawn = "" if verdict.seed is None else f" (drawn with --seed {verdict.seed})"
    looked = f"{len(verdict.checks)} checks in {verdict.seconds:.1f} s"
    if well(verdict):
        return "\n".join([*lines, f"{looked}: {_TIER_WORDS[verdict.tier]}{drawn}"])
    last = f"{looked}: {len(verdict.failures)} differ or were not finished{drawn}"
    return "\n".join([*lines, "", "what differs:", *failure_lines(verdict), last])


def failure_lines(verdict: Verdict) -> list[str]:
    """One line per item that differs or was not finished."""
    return [
        f"{check.kind} {check.subject}: {check.result}, {_why(check)}" for check in verdict.failures
    ]


def _why(check: Check) -> str:
    if check.detail:
        return check.detail
    return f"{check.source or 'nothing'} in the source, {check.target or 'nothing'} in the target"
