"""The engine's front end on the screens: events come in one by one, and go out in batches."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime

from wizard.clock import SYSTEM_CLOCK, Clock
from wizard.engine.events import (
    Event,
    LogLine,
    Moving,
    PersonDone,
    PersonNeeded,
    TaskFailed,
    TaskFinished,
    TaskUndone,
)
from wizard.model.question import Answer, Question

_KEPT = 2_000
# Of a flood of log lines the screen shows this many per batch; the operation's log is whole.
_BURST = 100
_FOR_EVER = float("inf")

Ask = Callable[[Question], Awaitable[Answer | None]]
Publish = Callable[[tuple[Event, ...]], None]


class Bridge:
    """Implements `wizard.engine.front.Front`.

    `hear` never blocks and never draws; `flush` hands what was heard to `publish`, at most as often
    as the app calls it. Of a burst of progress only the newest counts.
    """

    def __init__(self, ask: Ask, publish: Publish, clock: Clock = SYSTEM_CLOCK) -> None:
        self._ask = ask
        self._publish = publish
        self._clock = clock
        self._batch: list[Event] = []
        self.heard: deque[tuple[datetime, Event]] = deque(maxlen=_KEPT)
        self.waiting: dict[str, PersonNeeded] = {}
        self.asking: Question | None = None
        self._one_at_a_time = asyncio.Lock()

    def hear(self, event: Event) -> None:
        """Keep one event for the next batch."""
        if isinstance(event, Moving):
            if self._batch and isinstance(self._batch[-1], Moving):
                self._batch[-1] = event
            else:
                self._batch.append(event)
            return
        if isinstance(event, LogLine) and len(self._batch) > _BURST:
            return
        if isinstance(event, PersonDone):
            self.waiting.pop(event.task, None)
            return
        if isinstance(event, TaskFinished | TaskFailed | TaskUndone):
            self.waiting.pop(event.task, None)
        self.heard.append((self._clock.now(), event))
        self._batch.append(event)

    def flush(self) -> None:
        """Publish what was heard since the last time."""
        if self._batch:
            batch, self._batch = tuple(self._batch), []
            self._publish(batch)

    @property
    def waiting_for(self) -> PersonNeeded | None:
        """What a person has to do outside, the oldest first; None when nothing."""
        return next(iter(self.waiting.values()), None)

    async def answer(self, question: Question) -> Answer | None:
        """The person's answer, from a dialogue; None when they closed it."""
        self.flush()
        async with self._one_at_a_time:
            self.asking = self._with_request(question)
            try:
                return await self._ask(self.asking)
            finally:
                self.asking = None

    def _with_request(self, question: Question) -> Question:
        """What has to be done first stands in the dialogue, which covers the board."""
        request = next((r for r in self.waiting.values() if r.confirm == question), None)
        if request is None:
            return question
        why = "\n".join(part for part in (request.text, request.by_hand, question.why) if part)
        no = {"No": "stops here; what is done is kept, and you can go on later"}
        return question.model_copy(update={"why": why, "outcomes": {**no, **question.outcomes}})

    async def ask_person(self, request: PersonNeeded) -> str | None:
        """Show what has to be done outside; the task goes on by itself when it sees it done.

        Where nothing can be seen the engine asks: nobody says "done" here.
        """
        self.waiting[request.task] = request
        self.hear(request)
        return None

    def person_timeout(self) -> float:
        """Nobody is hurried: the person sees the clock, and can stop."""
        return _FOR_EVER
