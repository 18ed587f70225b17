"""A deploy's plan and result in words."""

from wizard.cli.forecast_words import wrapped
from wizard.rules.drift import drift_line
from wizard.steps.deploy import Deployed, DeployPlan
from wizard.steps.drifted import DriftFound


def deploy_plan_words(plan: DeployPlan) -> str:
    """Every operation a deploy would do, and what is not as it was left."""
    lines = [f"deploy plan {plan.hash[:12]}, commit {plan.commit[:12]}"]
    for operation in plan.operations:
        mark = "there already" if operation.there else "to do"
        lines.append(f"  {operation.title:<58} {mark}")
    kept = [n for n, a in plan.variables.items() if a in ("keep", "rewrite")]
    other = [f"{n} ({a})" for n, a in plan.variables.items() if a not in ("keep", "rewrite")]
    lines += ["", *wrapped(f"variables sent: {', '.join(kept)}")]
    lines += wrapped(f"not sent: {', '.join(other) or 'none'}")
    lines += ["", *drift_lines(plan.drift)]
    lines += ["", "nothing was changed; go ahead with moveday deploy --yes"]
    return "\n".join(lines)


def drift_lines(looked: DriftFound) -> list[str]:
    """What differs from how moveday left the new side, each with what to do."""
    if looked.compared:
        return wrapped(f"not compared with how it was left: {looked.compared}")
    lines = ["the new side is as moveday left it"]
    if looked.found:
        lines = ["not as moveday left it (nothing was repaired)"]
        for each in looked.found:
            lines += wrapped(drift_line(each), "  ")
            lines += wrapped(f"→ {each.todo}", "    ")
    if not looked.values:
        lines += wrapped(
            "variables were compared by name only: the key of their hashes ends with the session,"
            " unless a keyring holds it"
        )
    return lines


def deployed_words(done: Deployed) -> str:
    """What a deploy proved, and the parity of variables that are not simply the same."""
    lines = [f"deployed as planned ({done.plan[:12]})"]
    lines += [f"  {what}" for what in done.evidence.values()]
    unusual = [row for row in done.parity if row.get("result") != "same"]
    lines += [f"  {row['name']}: {row['result']} ({row.get('because', '')})" for row in unusual]
    for service in done.services:
        lines += ["", f"{'✓' if service.complete else '✗'} service {service.name}"]
        for what, said in (
            ("deployed", service.deployed),
            ("well", service.healthy),
            ("variables", service.environment),
            ("names", service.domains),
            ("data", service.data),
        ):
            lines += wrapped(f"{what}: {said}", "    ")
    return "\n".join(lines)
