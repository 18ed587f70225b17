"""What the doctor found, in words: one line each, what it means and what to do below."""

from collections.abc import Iterable

from wizard.exits import Exit
from wizard.model.doctor import AccountHealth, Examination, FactSeen, Finding, ShapeSeen

_SIGNS = {"ok": "✓ ok  ", "warn": "! warn", "fail": "✗ fail"}
_LOOKED = {
    "as expected": "✓ ok  ",
    "nothing to see": "· none",
    "differs": "✗ fail",
    "refused": "! warn",
    "no answer": "! warn",
}


def doctor_words(found: Examination) -> str:
    """Groups of findings, each account, and a last line with the verdict."""
    lines = list(_findings(found.findings))
    for account in found.accounts:
        lines += ["", *_account(account)]
    lines += ["", _verdict(found)]
    return "\n".join(lines)


def doctor_code(found: Examination) -> Exit:
    """0 usable · 2 platform · 6 this machine · 4 not signed in · 3 no answer · 5 shapes differ."""
    failed = {finding.id for finding in found.findings if finding.state == "fail"}
    if "platform" in failed:
        return Exit.USAGE
    if failed:
        return Exit.MACHINE
    shapes = {shape.state for account in found.accounts for shape in account.shapes}
    wrong = [f for account in found.accounts for f in account.findings if f.state == "fail"]
    if any(f.seen.startswith("no answer") for f in wrong):
        return Exit.OUTSIDE
    if wrong:
        return Exit.BLOCKED
    if "differs" in shapes:
        return Exit.CHECK_FAILED
    return Exit.OUTSIDE if "no answer" in shapes else Exit.DONE


def _findings(findings: Iterable[Finding]) -> Iterable[str]:
    group = ""
    for finding in findings:
        if finding.group != group:
            if group:
                yield ""
            group = finding.group
            yield group
        yield f"  {_SIGNS[finding.state]}  {finding.seen}"
        if finding.means:
            yield f"            {finding.means}"
        if finding.todo:
            yield f"            → {finding.todo}"


def _account(account: AccountHealth) -> Iterable[str]:
    where = f" at {account.host}, {account.calls} reading calls" if account.host else ", not asked"
    title = f"── {account.side}{where} "
    yield title + "─" * max(0, 72 - len(title))
    yield from _findings(account.findings)
    if account.shapes:
        yield ""
        yield "answers, against what moveday reads of them (names of fields only)"
        for shape in account.shapes:
            yield from _shape(shape)
    if account.facts:
        yield ""
        yield "what was never verified against the real service"
        order = ("contradicted", "confirmed", "not seen here")
        for outcome in order:
            for fact in account.facts:
                if fact.outcome == outcome:
                    yield _fact(fact)
        closed = [f.fact for f in account.facts if f.outcome not in order]
        if closed:
            yield "  cannot be checked without a change:"
            yield from (f"    {fact}" for fact in closed)


def _shape(shape: ShapeSeen) -> Iterable[str]:
    items = "" if shape.items == 0 else f" ({shape.items})"
    yield f"  {_LOOKED[shape.state]}  {shape.call}{items}: {shape.state}"
    if shape.detail:
        yield f"            {shape.detail}"
    if shape.missing:
        yield f"            missing: {', '.join(shape.missing)}"
    yield from (f"            {wrong}" for wrong in shape.wrong)
    if shape.extra:
        yield f"            also there: {', '.join(shape.extra)}"


def _fact(fact: FactSeen) -> str:
    sign = {"contradicted": "✗", "confirmed": "✓"}.get(fact.outcome, "·")
    seen = f" ({fact.seen})" if fact.seen else ""
    return f"  {sign} {fact.outcome}: {fact.fact}{seen}"


def _verdict(found: Examination) -> str:
    code = doctor_code(found)
    if code == Exit.USAGE:
        return "This platform can prepare a move, not make one."
    if code == Exit.MACHINE:
        return "This machine cannot go on: see what failed above."
    if not found.accounts:
        return "This machine can go on. The accounts were not asked; --live does, reading only."
    if code == Exit.DONE:
        return "This machine can go on, and the accounts answer as moveday expects."
    return "This machine can go on; the accounts do not answer as moveday expects, see above."
