"""What does a move leave on record? One JSON-able document that every format is drawn from."""

from collections.abc import Callable, Sequence
from datetime import datetime

from wizard.engine.chain import Entry
from wizard.forecast.ledger import way_back_times
from wizard.forecast.model import hard_down_seconds
from wizard.model.decommission import Farewell
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.model.plan import Plan
from wizard.model.runs import Forecast, Run
from wizard.reports.aftermath import aftermath
from wizard.reports.became import became
from wizard.reports.people import confirmations, evidence, exceptions, person_tasks
from wizard.reports.proof import proof
from wizard.reports.stays_behind import stays_behind
from wizard.reports.summary import summary
from wizard.rules.decommission import decommission
from wizard.rules.processes import decide_processes
from wizard.runbook.runs import OpenRun, open_run_of

FORMAT = 1
_RESULTS = {
    "done": "moved",
    "rolled-back": "rolled back: the app runs on the old side",
    "failed": "broken off by a failure",
    "stopped": "stopped by a person",
}


def report_data(
    plan: Plan,
    inventory: Inventory | None,
    runs: Sequence[Run],
    forecast: Forecast | None,
    entries: Sequence[Entry],
    head: str,
    at: datetime,
    by_hand: Callable[[Farewell], str] = lambda farewell: "",
    mapping: Mapping | None = None,
) -> dict[str, object]:
    """Everything the report says, as plain values. Durations are seconds, times UTC.

    `forecast` is the one that stood before the live run, so that plan and outcome can differ;
    `by_hand` gives the official command for a line of the decommission list, "" when none.
    """
    live = next((run for run in reversed(runs) if run.mode == "live"), None)
    under_way = open_run_of(entries)
    ended = None if under_way is not None and under_way.kind == "live" else live
    left = aftermath(plan, ended, entries)
    proven = live or next((run for run in reversed(runs) if run.verdict is not None), None)
    found: dict[str, object] = {
        "format": FORMAT,
        "made_at": _moment(at),
        "source": {"kind": plan.source.kind, "app": plan.source.app},
        "target": {
            "kind": plan.target.kind,
            "environment": plan.target.environment,
            "app": plan.target.app,
            "stack": plan.target.stack,
        },
        "regulated": plan.regulated,
        "result": _result(live, under_way),
        "ending": left.ending,
        "moved": _moved(plan, inventory),
        "proof": {**proof(proven.verdict if proven else None), **_proven_in(proven)},
        "planned": _planned(plan, forecast, live),
        "way_back": way_back_times(entries),
        "outage": _outage(live),
        "runs": [_run(run) for run in runs],
        "confirmed": confirmations(entries),
        "person_tasks": person_tasks(runs),
        "exceptions": exceptions(entries, runs, inventory),
        "evidence": evidence(entries),
        "became": became(mapping),
        "stays_behind": stays_behind(plan, inventory, runs),
        "decommission": [
            _farewell(number, farewell, by_hand(farewell))
            for number, farewell in enumerate(decommission(plan, inventory, left), 1)
        ],
        "journal": {"head": head, "lines": entries[-1].seq if entries else 0},
    }
    return {**found, "summary": summary(found)}


def _result(live: Run | None, under_way: OpenRun | None) -> str:
    if under_way is not None and under_way.kind == "live":
        return f"not finished: cutover {under_way.number} is open, go on with it or take it back"
    return _RESULTS[live.outcome] if live else "not moved yet"


def _farewell(number: int, farewell: Farewell, command: str) -> dict[str, object]:
    return {
        "number": number,
        "id": farewell.id,
        "side": farewell.side,
        "what": farewell.what,
        "earliest": farewell.earliest,
        "earliest_at": _moment(farewell.earliest_at) if farewell.earliest_at else "",
        "why": farewell.why,
        "after": list(farewell.after),
        "by_hand": command,
        "final": farewell.final,
    }


def _moved(plan: Plan, inventory: Inventory | None) -> dict[str, object]:
    release = inventory.release if inventory else None
    decided = decide_processes(inventory, plan) if inventory else ()
    after = {d.name: d.count for d in decided if d.action == "service"}
    return {
        "release": release.version if release else None,
        "commit": plan.commit or (release.commit if release else ""),
        "processes": [
            {
                "name": process.name,
                "before": process.quantity,
                "after": after.get(process.name),
            }
            for process in (inventory.processes if inventory else ())
        ],
        "variables": {
            origin: sorted(v.name for v in inventory.variables if v.origin == origin)
            for origin in ("user", "addon", "platform")
        }
        if inventory
        else {},
        "databases": [
            {
                "variable": choice.variable,
                "handle": choice.handle,
                "engine": choice.engine,
                "data": choice.move_data,
            }
            for choice in plan.databases
        ],
        "domains": list(plan.domains),
    }


def _proven_in(run: Run | None) -> dict[str, object]:
    return {"run": run.number if run else None, "mode": run.mode if run else None}


def _planned(plan: Plan, forecast: Forecast | None, live: Run | None) -> dict[str, object]:
    actual = {time.task: time for time in live.tasks} if live else {}
    shares = forecast.shares if forecast else ()
    tasks: list[dict[str, object]] = [
        {
            "task": share.task,
            "title": share.title,
            "median": share.median,
            "low": share.low,
            "high": share.high,
            "basis": share.basis,
            "fidelity": share.fidelity,
            "actual": actual[share.task].seconds if share.task in actual else None,
        }
        for share in shares
    ]
    known = {share.task for share in shares}
    tasks += [
        {
            "task": time.task,
            "title": time.title,
            "median": None,
            "low": None,
            "high": None,
            "basis": "not forecast",
            "fidelity": time.fidelity,
            "actual": time.seconds,
        }
        for time in actual.values()
        if time.effect == "hard-down" and time.task not in known
    ]
    budget = plan.downtime.budget_minutes * 60
    down = hard_down_seconds(live) if live else None
    return {
        "budget": budget,
        "window": plan.downtime.window,
        "forecast": None
        if forecast is None
        else {
            "samples": forecast.samples,
            "median": forecast.median,
            "low": forecast.low,
            "high": forecast.high,
            "p90": forecast.p90,
            "measured_share": forecast.measured_share,
            "words": forecast.words,
            "stale": list(forecast.stale),
        },
        "actual": down,
        "within_budget": None if down is None else down <= budget,
        "tasks": tasks,
    }


def _outage(live: Run | None) -> dict[str, object]:
    outage = live.outage if live else None
    return {
        "service_ready": outage.service_ready if outage else None,
        "switch_seen": outage.switch_seen if outage else None,
        "book_done": outage.book_done if outage else None,
        "visitors": outage.visitors if outage else None,
    }


def _run(run: Run) -> dict[str, object]:
    return {
        "number": run.number,
        "mode": run.mode,
        "outcome": run.outcome,
        "void": run.void,
        "started": _moment(run.started),
        "seconds": (run.finished - run.started).total_seconds() if run.finished else None,
        "hard_down": hard_down_seconds(run),
        "move_seconds": run.move.seconds if run.move else None,
        "move_bytes": run.move.bytes if run.move else None,
        "phases": [
            {"name": phase.name, "started": phase.started, "seconds": phase.seconds}
            for phase in (run.move.phases if run.move else ())
        ],
        "tasks": [
            {
                "task": time.task,
                "title": time.title,
                "effect": time.effect,
                "fidelity": time.fidelity,
                "began": (time.started - run.started).total_seconds(),
                "seconds": time.seconds,
                "waited_for_person": time.waited_for_person,
            }
            for time in run.tasks
        ],
    }


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
