"""Every action by its words: the command palette, made from the one table of actions."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from screens.actions import Action, everywhere, step_actions
from wizard.model.step_names import STEP_NAMES


class Actions(Provider):
    """What can be done here and everywhere, found by any part of its description."""

    def _actions(self) -> tuple[Action, ...]:
        here: tuple[Action, ...] = getattr(self.screen, "ACTIONS", ())
        return (*here, *everywhere(here), *step_actions(tuple(step.title for step in STEP_NAMES)))

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action in self._actions():
            yield DiscoveryHit(
                action.does, partial(self._run, action.run), help=f"key {action.keys()}"
            )

    async def search(self, query: str) -> Hits:
        """Those whose words match."""
        matcher = self.matcher(query)
        for action in self._actions():
            score = matcher.match(action.does)
            if score > 0:
                words = matcher.highlight(action.does)
                yield Hit(score, words, partial(self._run, action.run), help=f"key {action.keys()}")

    async def _run(self, action: str) -> None:
        await self.screen.run_action(action)
