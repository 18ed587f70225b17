"""What do the screens get from the one place that joins engine and providers?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.clock import SYSTEM_CLOCK, Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from wizard.engine.events import PersonNeeded
    from wizard.engine.opening import OpenOutside, OpenSignIn
    from wizard.ports.repo import Repo


@dataclass(frozen=True)
class Doors:
    """`environ` is a copy of the environment, credentials included; the real one has none.

    `practice` is true where the outside is a sandbox. `play_person` does there what a person is
    asked to do outside (change a DNS record); None on real accounts. `look` reads the repository
    before there is a plan. `settled` is called when something that stays was loaded: the open
    move, the screen of a step.
    """

    folder: Path
    practice: bool
    environ: Mapping[str, str]
    outside: OpenOutside
    sign_in: OpenSignIn
    look: Callable[[Path], Repo]
    play_person: Callable[[PersonNeeded], Awaitable[str | None]] | None = None
    clock: Clock = SYSTEM_CLOCK
    settled: Callable[[], None] = lambda: None
