"""The runner: order, once only, resume after a kill, a person's acts, the way back."""

import asyncio
from pathlib import Path

import pytest

from tests.wizard.runbook.session_for_tests import Listener, open_test_run, open_test_session
from wizard.engine.events import PersonNeeded, TaskStarted
from wizard.errors import BlockedError, CheckFailedError, OutsideError, UnknownOutcome, UsageError
from wizard.model.evidence import Evidence
from wizard.model.question import Question
from wizard.runbook.context import RunContext
from wizard.runbook.runner import in_order, is_done, run_tasks
from wizard.runbook.task import Task
from wizard.runbook.way_back import go_back, to_undo


class Killed(BaseException):
    """Nothing after this line of the process runs."""


class World:
    """An outside whose effects are counted."""

    def __init__(self) -> None:
        self.there: dict[str, int] = {}
        self.order: list[str] = []

    def task(self, name: str, *needs: str, **more: object) -> Task:
        async def do(context: RunContext) -> None:
            self.order.append(name)
            self.there[name] = self.there.get(name, 0) + 1

        async def check(context: RunContext) -> Evidence | None:
            return context.proof(f"{name} is there", "world") if self.there.get(name) else None

        async def undo(context: RunContext) -> None:
            self.order.append(f"-{name}")
            self.there.pop(name, None)

        fields: dict[str, object] = {
            "id": name,
            "title": name,
            "side": "new",
            "check": check,
            "do": do,
            "undo": undo,
            "needs": needs,
            "poll": 0.01,
            "within": 0.2,
        }
        return Task(**{**fields, **more})  # type: ignore[arg-type]


async def test_a_task_is_told_with_the_time_that_was_measured_else_with_its_own_guess(
    tmp_path: Path,
) -> None:
    world, session = World(), open_test_session(tmp_path)
    context = open_test_run(session)
    context.medians = {"move": 3.1}
    await run_tasks(context, [world.task("move", expected=60), world.task("verify", expected=15)])
    assert isinstance(session.front, Listener)
    begun = [each for each in session.front.heard if isinstance(each, TaskStarted)]
    assert [(each.task, each.expected) for each in begun] == [("move", 3.1), ("verify", 15)]
    session.journal.close()


async def test_runs_in_the_order_of_needs_and_the_rest_side_by_side(
    tmp_path: Path,
) -> None:
    world, meeting = World(), asyncio.Barrier(2)

    async def meet(context: RunContext) -> None:
        async with asyncio.timeout(5):
            await meeting.wait()
        world.there["left"] = world.there["right"] = 1

    tasks = [
        world.task("last", "left", "right"),
        world.task("left", "first", do=meet),
        world.task("right", "first", do=meet),
        world.task("first"),
    ]
    await run_tasks(open_test_run(open_test_session(tmp_path)), tasks)
    assert world.order == ["first", "last"]


def test_a_ring_of_needs_is_refused() -> None:
    world = World()
    with pytest.raises(UsageError, match="no order"):
        in_order([world.task("a", "b"), world.task("b", "a")])


async def test_what_is_there_already_is_adopted_and_not_made_again(tmp_path: Path) -> None:
    world = World()
    world.there["made"] = 1
    session = open_test_session(tmp_path)
    await run_tasks(open_test_run(session), [world.task("made")])
    assert world.order == []
    assert [e.kind for e in session.journal.entries] == ["adopted", "done"]


async def test_a_kill_between_effect_and_done_repeats_nothing(tmp_path: Path) -> None:
    world = World()
    made = world.task("made")

    async def do_and_die(context: RunContext) -> None:
        await made.do(context)
        raise Killed

    session = open_test_session(tmp_path)
    dying = world.task("made", do=do_and_die)
    job = asyncio.ensure_future(_swallow(run_tasks(open_test_run(session), [dying])))
    assert isinstance(await job, Killed)
    session.journal.close()

    again = open_test_session(tmp_path)
    await run_tasks(open_test_run(again), [made, world.task("next", "made")])
    assert world.there == {"made": 1, "next": 1}


async def _swallow(work: object) -> BaseException | None:
    try:
        await work  # type: ignore[misc]
    except BaseException as error:
        return error
    return None


async def test_a_finished_task_is_not_looked_at_again_after_a_restart(tmp_path: Path) -> None:
    world = World()
    session = open_test_session(tmp_path)
    await run_tasks(open_test_run(session), [world.task("made")])
    session.journal.close()
    world.there.clear()
    again = open_test_session(tmp_path)
    await run_tasks(open_test_run(again), [world.task("made")])
    assert world.order == ["made"]
    assert is_done(open_test_run(again), "made")


async def test_an_effect_that_cannot_be_seen_is_an_error_with_the_command_by_hand(
    tmp_path: Path,
) -> None:
    async def nothing(context: RunContext) -> None:
        return None

    task = World().task("ghost", do=nothing, by_hand=lambda context: "official --command")
    with pytest.raises(CheckFailedError, match="cannot be seen") as caught:
        await run_tasks(open_test_run(open_test_session(tmp_path)), [task])
    assert "official --command" in caught.value.hint


async def test_one_failure_lets_the_others_end_and_starts_nothing_new(tmp_path: Path) -> None:
    world = World()

    async def fail(context: RunContext) -> None:
        raise OutsideError("the service said no")

    async def slow(context: RunContext) -> None:
        await asyncio.sleep(0.05)
        world.there["slow"] = 1

    tasks = [
        world.task("bad", do=fail),
        world.task("slow", do=slow),
        world.task("after", "slow"),
    ]
    context = open_test_run(open_test_session(tmp_path))
    with pytest.raises(OutsideError, match="said no"):
        await run_tasks(context, tasks)
    assert is_done(context, "slow")
    assert not is_done(context, "after")


async def test_a_lost_answer_is_looked_up_before_anything_is_repeated(tmp_path: Path) -> None:
    made: list[str] = []
    context = open_test_run(open_test_session(tmp_path))

    async def find() -> str | None:
        return made[0] if made else None

    async def act() -> str:
        made.append("app 1")
        raise UnknownOutcome("no answer came")

    assert await context.once("app/clinic", find, act) == "app 1"
    assert await context.once("app/clinic", find, act) == "app 1"
    assert made == ["app 1"]


async def test_a_person_is_asked_and_the_run_goes_on_by_itself(tmp_path: Path) -> None:
    world, front = World(), Listener()

    async def request(context: RunContext) -> PersonNeeded:
        asyncio.get_running_loop().call_later(0.05, lambda: world.there.update(record=1))
        return PersonNeeded("record", "change the record", "please")

    task = world.task("record", who="person", request=request)
    context = open_test_run(open_test_session(tmp_path, front))
    await run_tasks(context, [task])
    assert [r.title for r in front.asked] == ["change the record"]
    done = context.session.journal.entries[-1]
    assert done.kind == "done"
    assert float(str(done.data["waited"])) >= 0.04


async def test_when_nobody_acts_the_run_is_blocked_and_can_go_on_later(tmp_path: Path) -> None:
    world = World()

    async def request(context: RunContext) -> PersonNeeded:
        return PersonNeeded("record", "change the record", "please")

    task = world.task("record", who="person", request=request)
    context = open_test_run(open_test_session(tmp_path, Listener(patience=0.05)))
    with pytest.raises(BlockedError, match="a person's task is open"):
        await run_tasks(context, [task])
    world.there["record"] = 1
    await run_tasks(context, [task])
    assert is_done(context, "record")


@pytest.mark.parametrize(("answer", "passes"), [("clinic", True), ("clinik", False), (None, False)])
async def test_go_needs_the_exact_name(tmp_path: Path, answer: str | None, passes: bool) -> None:
    world = World()
    world.there["go"] = 1
    question = Question(id="go", text="go?", why="", kind="name", expected="clinic")
    front = Listener({} if answer is None else {"go": answer})
    context = open_test_run(open_test_session(tmp_path, front))
    task = world.task("go", question=lambda context: question)
    if passes:
        await run_tasks(context, [task])
    else:
        with pytest.raises(BlockedError):
            await run_tasks(context, [task])
    assert is_done(context, "go") is passes


async def test_the_way_back_undoes_in_reverse_also_what_was_only_begun(tmp_path: Path) -> None:
    world = World()

    async def half(context: RunContext) -> None:
        world.there["half"] = 1
        raise OutsideError("broke in the middle")

    tasks = [world.task("one"), world.task("two", "one"), world.task("half", "two", do=half)]
    context = open_test_run(open_test_session(tmp_path))
    with pytest.raises(OutsideError):
        await run_tasks(context, [*tasks, world.task("never", "half")])
    await go_back(context, tasks)
    assert world.order[-3:] == ["-half", "-two", "-one"]
    assert world.there == {}
    assert to_undo(context, tasks) == []


async def test_one_failing_undo_does_not_keep_the_rest_from_being_restored(tmp_path: Path) -> None:
    world = World()

    async def stuck(context: RunContext) -> None:
        raise OutsideError("cannot undo now")

    tasks = [world.task("one"), world.task("two", "one", undo=stuck)]
    context = open_test_run(open_test_session(tmp_path))
    await run_tasks(context, tasks)
    with pytest.raises(OutsideError, match="cannot undo now"):
        await go_back(context, tasks)
    assert "one" not in world.there
    assert [t.id for t in to_undo(context, tasks)] == ["two"]


async def test_a_rehearsal_without_a_twin_walks_through_at_the_table(tmp_path: Path) -> None:
    world = World()
    session = open_test_session(tmp_path)
    context = open_test_run(session, mode="rehearsal", returns=True)
    task = world.task("freeze", fidelity="twin", twin="app")
    await run_tasks(context, [task])
    assert world.order == []
    assert session.journal.entries[-1].data["fidelity"] == "tabletop"
    await go_back(context, [task])
    assert world.order == []
