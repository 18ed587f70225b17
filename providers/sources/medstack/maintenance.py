"""Keeping users out without a maintenance page: by the app's own flag, an image, or no container.

MedStack has no such page that is known of. Which way it is stands in the plan.
"""

from collections.abc import Mapping

from providers.sources.medstack.app_services import AppServices, Now, same_image
from providers.sources.medstack.change import Changes, Shows
from providers.sources.medstack.counts import replicas
from providers.sources.medstack.freeze import scale
from providers.sources.medstack.given_variables import as_taken, variables_of
from providers.sources.medstack.service_object import Answered
from wizard.acts import do
from wizard.errors import BlockedError
from wizard.formats.compose.tree import Fields, Tree
from wizard.formats.compose.values import text_of
from wizard.model.plan import Maintenance
from wizard.safety.clean import clean
from wizard.safety.consent import Consent, Level, require

ABSENT, OFF, ON, OTHER = "absent", "off", "on", "something else"


class MaintenanceWay:
    """The way that the plan has chosen, for the service that users reach."""

    def __init__(self, app: str, way: Maintenance, services: AppServices, changes: Changes) -> None:
        self._app = app
        self._way = way
        self._services = services
        self._changes = changes

    async def is_on(self) -> bool:
        """Whether users are kept out in the plan's way; False while none is chosen."""
        now = await self._services.now()
        service = now.services.get(now.serving)
        if self._way.by == "zero":
            return service is None or replicas(service) == 0
        if service is None or not self._way.by:
            return False
        if self._way.by == "image":
            return same_image(_image(service), self._way.image)
        return self._flag(service) == ON

    async def before(self) -> dict[str, str]:
        """Replicas, image and the flag's state, so that each can be put back; no value of a
        variable. Empty for an app that nobody reaches by a domain."""
        now = await self._services.now()
        service = now.services.get(now.serving)
        if service is None:
            return {}
        count = replicas(service)
        found = {"service": now.serving, "image": _image(service)}
        if count is not None:
            found["replicas"] = str(count)
        if self._way.by == "variable":
            found["flag"] = self._flag(service)
        return found

    async def turn(self, on: bool, consent: Consent, before: Mapping[str, str]) -> None:
        """Keep users out, or let them in again as `before` has it.

        Raises BlockedError while no way is chosen, where it could not be taken back, or when
        MedStack changes nothing.
        """
        require(consent, Level.USERS_NOTICE, f"maintenance of {self._app}")
        if not self._way.by:
            raise BlockedError(
                f"no way is chosen to keep users out of {clean(self._app, 80)}",
                "MedStack has no maintenance page",
                "say in moveday.yaml, source.maintenance.by: variable (the app's own flag), image"
                f" (one that shows a page), or zero (no container); then {do('again')}",
            )
        now = await self._services.now()
        if not now.serving:
            raise BlockedError(
                f"no service of {clean(self._app, 80)} is known to be reached by users",
                "none of them has a domain that MedStack tells",
                "say it with a Compose file in moveday.yaml, source.files, and look again",
            )
        if self._way.by == "zero":
            count = 0 if on else _known(before, "replicas", self._app)
            await scale(self._services, self._changes, {now.serving: int(count)}, consent)
        elif self._way.by == "image":
            image = self._way.image if on else _known(before, "image", self._app)
            other = "" if on else self._way.image
            await self._with_image(now, image, other, consent)
        else:
            await self._with_flag(now, on, before, consent)

    async def _with_image(self, now: Now, image: str, other: str, consent: Consent) -> None:
        """`other` is the one that has to be gone, also where it only adds a digest to `image`."""

        def shows(service: Answered) -> bool | None:
            told = _image(service)
            return same_image(told, image) and told != other if told else None

        service = now.services.get(now.serving)
        if service is None or shows(service) is not True:
            what = f"the image {clean(image, 200)}"
            await self._changes.make(now, now.serving, {"image": image}, shows, what, consent)

    async def _with_flag(
        self, now: Now, on: bool, before: Mapping[str, str], consent: Consent
    ) -> None:
        name, state = self._way.variable, before.get("flag", "")
        service = now.services.get(now.serving)
        variables = variables_of(service) if service is not None else None
        if service is None or variables is None:
            raise self._cannot("MedStack does not tell the variables of the service")
        if on and OTHER in (state, self._flag(service)):
            raise self._cannot(
                f"{name} has a value now that is neither the one for off nor the one for on, so it"
                " could not be put back"
            )
        wanted = self._wanted(variables, on, state)
        if wanted == variables:
            return
        hidden = [each for each, value in variables.items() if value is None and each != name]
        if hidden:
            shown = ", ".join(clean(each, 60) for each in hidden)
            raise self._cannot(f"the values of {shown} are hidden, and the list is sent as a whole")
        plain = {each: value for each, value in wanted.items() if value is not None}
        body, shows = as_taken(service, plain), _gives(name, plain.get(name))
        what = f"{name} as asked"
        await self._changes.make(now, now.serving, body, shows, what, consent)

    def _wanted(
        self, variables: Mapping[str, str | None], on: bool, state: str
    ) -> dict[str, str | None]:
        """The variables with the flag set or as it was; without a record as the plan says."""
        name = self._way.variable
        gone = state == ABSENT or (not state and not self._way.off)
        if on or state == ON:
            return {**variables, name: self._way.on}
        if gone:
            return {each: value for each, value in variables.items() if each != name}
        return {**variables, name: self._way.off}

    def _flag(self, service: Answered) -> str:
        """What state the flag is in; never its value, which may be anything."""
        variables = variables_of(service)
        if variables is None:
            return OTHER
        if self._way.variable not in variables:
            return ABSENT
        value = variables[self._way.variable]
        return ON if value == self._way.on else OFF if value == self._way.off else OTHER

    def _cannot(self, why: str) -> BlockedError:
        return BlockedError(
            f"the flag {clean(self._way.variable, 80)} cannot be changed",
            why,
            "choose another way in moveday.yaml, source.maintenance.by (image or zero), or set"
            f" its on and off as the app has them, then {do('again')}",
        )


def _known(before: Mapping[str, str], what: str, app: str) -> str:
    """What was recorded. BlockedError without a record: nothing is made up."""
    value = before.get(what, "")
    if not value or (what == "replicas" and not value.isdigit()):
        raise BlockedError(
            f"it is not recorded what {clean(app, 80)} had before",
            f"its {what} from before the freeze are not known to this run",
            "put it back in MedStack Control",
        )
    return value


def _gives(name: str, value: str | None) -> Shows:
    def shows(service: Answered) -> bool | None:
        variables = variables_of(service)
        return None if variables is None else variables.get(name) == value

    return shows


def _image(service: Answered) -> str:
    tree: Tree | None = service.part.tree
    for key in ("Spec", "TaskTemplate", "ContainerSpec", "Image"):
        tree = tree.get(key) if isinstance(tree, Fields) else None
    return text_of(tree)
