"""Can the plan's routes be gone from this source? A gate before rehearsal and cutover."""

from collections.abc import Sequence

from wizard.engine.session import Session
from wizard.model.question import Gate


def routes_gates(session: Session) -> Sequence[Gate]:
    """One gate where the source's databases are out of reach, or the plan says so; else none."""
    moved = [choice for choice in session.plan.databases if choice.move_data]
    if not moved:
        return ()
    beside = session.outside.source.beside is not None
    if not beside and all(choice.route != "job" for choice in moved):
        return ()
    return (
        Gate(
            id="routes-fit",
            open=not (trouble := _trouble(session, beside)),
            reason=trouble[0] if trouble else "",
            hint=trouble[1] if trouble else "",
        ),
    )


def _trouble(session: Session, beside: bool) -> tuple[str, str] | None:
    """Why, and what to do."""
    moved = [choice for choice in session.plan.databases if choice.move_data]
    for choice in moved:
        named, by_job = f"database {choice.variable}", choice.route == "job"
        if by_job and not beside:
            return (
                f"{named} goes by a job, and {session.outside.source.name} has no place for one:"
                " its databases are reached from outside",
                f"say route: laptop (or runner) for {choice.variable} in moveday.yaml",
            )
        if beside and not by_job:
            return (
                f"{named} says route: {choice.route}, and only containers of"
                f" {session.outside.source.name} reach it",
                f"say route: job for {choice.variable} in moveday.yaml",
            )
        if by_job and choice.limit:
            return (
                f"{named} says limit: {choice.limit}, and a job's copy cannot be limited",
                f"take the limit of {choice.variable} out of moveday.yaml",
            )
    return None
