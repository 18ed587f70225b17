"""Follows an outside operation's log, and says what its failure means."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wizard.engine.log_relay import LogRelay
from wizard.errors import OperationFailedError, OutsideError, UnknownOutcome
from wizard.rules.deploy_failures import explain
from wizard.runbook.context import RunContext


@asynccontextmanager
async def followed(context: RunContext, about: str) -> AsyncIterator[LogRelay]:
    """Yields what hears the operation's lines (`about` names it). An OutsideError that leaves is
    raised again with what it means, its log's end with it; one that no rule knows says so."""
    relay = LogRelay(about, context.session.front.hear, context.session.clock.elapsed)
    try:
        yield relay
    except UnknownOutcome:
        raise
    except OutsideError as error:
        raise explained(error) from error
    finally:
        relay.end()


def explained(error: OutsideError) -> OutsideError:
    """The same failure in words a person can act on. Its kind and its log stay."""
    log = error.log if isinstance(error, OperationFailedError) else ""
    found = explain("\n".join((log, error.title, error.detail)) if log else str(error))
    if found is None:
        if log:
            error.detail = f"{error.detail}\n(no rule of moveday's knows this log: read it whole)"
        return error
    sure = "" if found.wording != "assumed" else "; the log's wording is assumed, so look yourself"
    title = f"{error.title}: {found.what}"
    detail = f"{found.why} ({found.rule}{sure})\n\n{error.detail}".rstrip()
    hint = "\n".join(part for part in (found.todo, error.remedy) if part)
    if isinstance(error, OperationFailedError):
        return OperationFailedError(title, detail, hint, log=log)
    return OutsideError(title, detail, hint)
