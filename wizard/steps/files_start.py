"""Starts one process in a container and waits until it answers, settles, or ends."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from wizard.model.container import Boot
from wizard.rules.boot_needs import USUAL, Needs, needs_from_log, stand_in
from wizard.steps.files_bench import Bench

WEB_PATIENCE = 60.0
"""Seconds for the first answer over HTTP."""
SETTLED = 5.0
"""Seconds after which a process that answers nobody counts as started."""
_HOPELESS = 10.0
"""Seconds after which a web process that misses something, or listens to itself only, is not
waited for."""
_LOOK = 0.4
_LOG = 200
_ROUNDS = 5


_NOTHING = Needs()


@dataclass(frozen=True)
class Outcome:
    """How one start went. `answered` is the status line, `ended` the exit code of one that did.

    `listens` are the addresses it listens on, where that could be seen. `needs` is what the log
    asks for; `stand_ins` are the variables that were made up for it.
    """

    container: str
    web: bool
    up: bool
    answered: str = ""
    ended: int | None = None
    why: str = ""
    log: str = ""
    waited: float = 0.0
    listens: tuple[str, ...] = ()
    needs: Needs = _NOTHING
    stand_ins: tuple[str, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether it does what it is there for, as far as can be seen."""
        return self.up and (bool(self.answered) or not self.web)


async def start_with_needs(bench: Bench, boot: Boot, web: bool) -> Outcome:
    """Start; where the log names what is missing, once more with stand-ins that lead nowhere.

    Beside configuration of a person's own nothing is made up.
    """
    outcome = await start(bench, boot, bench.given(), web)
    stand_ins: dict[str, str] = {}
    for _ in range(0 if bench.values else _ROUNDS):
        wanted = {name: stand_in(name) for name in (*USUAL, *outcome.needs.names)}
        if outcome.fine or not outcome.needs or wanted.keys() <= stand_ins.keys():
            break
        stand_ins |= wanted
        bench.say(f"  it needs {outcome.needs}: once more with stand-ins that lead nowhere")
        await bench.discard(outcome.container)
        outcome = await start(bench, boot, stand_ins, web)
    return replace(outcome, stand_ins=tuple(stand_ins))


async def start(bench: Bench, boot: Boot, values: Mapping[str, str], web: bool) -> Outcome:
    """One start, waited for; the container is left as it is then. `web`: ask it over HTTP."""
    name = bench.new_container()
    if values:
        file = bench.context.write_private("environment", values)
        boot = boot.model_copy(update={"env_file": str(file)})
    started = await bench.engine.start(name, boot)
    if started.code:
        why = "cannot be started"
        return Outcome(name, web, up=False, ended=started.code, why=why, log=started.output)
    began, hopeless = time.monotonic(), False
    listens: tuple[str, ...] = ()
    asked = boot.publish if web else ""
    while True:
        waited = time.monotonic() - began
        state = await bench.engine.state(name)
        log = await bench.engine.logs(name, _LOG)
        needs = needs_from_log(log)
        if not state.running:
            why = "ended for want of memory" if state.out_of_memory else ""
            return Outcome(name, web, False, ended=state.code, why=why, log=log, needs=needs)
        answered = await bench.engine.ask(name, asked) if asked else ""
        if asked and not answered and waited > _HOPELESS:
            listens = await bench.engine.listening(name)
            hopeless = bool(needs) or bool(only_inside(listens, asked))
        if answered or hopeless or waited > (WEB_PATIENCE if asked else SETTLED):
            return Outcome(
                *(name, web, True, answered),
                log=log,
                waited=waited,
                listens=listens,
                needs=needs,
            )
        await asyncio.sleep(_LOOK)


def only_inside(places: tuple[str, ...], port: str) -> str:
    """The loopback address that is all it listens on at `port`; "" when others can reach it."""
    here = [place for place in places if place.endswith(f":{port}")]
    inside = all(place.startswith(("127.", "[::1]")) for place in here)
    return here[0] if here and inside else ""
