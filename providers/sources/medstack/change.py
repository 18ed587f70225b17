"""Changing one service: sent once, shown by the answer or looked up, and what a refusal means.

Seen: PATCH of a service with `secrets[]`; a service one of whose domains does not lead to the
manager node is not changed at all (support.medstack.co, domain mapping). That `replicas`, `image`
and `env` are changed the same way, and with which status a change is refused, is inferred.
"""

import re
from collections.abc import Callable, Mapping

from providers.http import HttpRefused
from providers.sources.medstack.app_services import AppServices, Now
from providers.sources.medstack.client import MedStackApi
from providers.sources.medstack.service_object import Answered, answered
from providers.sources.medstack.trouble import said
from providers.sources.once import once
from wizard.acts import do
from wizard.errors import MovedayError, OutsideError, RefusedForNow
from wizard.formats.compose.tree import Fields
from wizard.safety.clean import clean
from wizard.safety.consent import Consent, Level

_OF_NAMES = re.compile(r"domain|dns|resolv|host ?name|manager", re.IGNORECASE)
Shows = Callable[[Answered], bool | None]
"""Whether a service is as it was asked for; None when it does not tell."""


class Changes:
    """Changes of the app's services. Each needs a consent to what users notice."""

    def __init__(self, api: MedStackApi, services: AppServices) -> None:
        self._api = api
        self._services = services

    async def make(
        self,
        now: Now,
        process: str,
        body: Mapping[str, object],
        shows: Shows,
        what: str,
        consent: Consent,
    ) -> None:
        """PATCH one service, and see that it shows; `what` names the change for people.

        Raises RefusedForNow when MedStack changes nothing because a domain leads elsewhere,
        OutsideError when it took the change and does not show it.
        """
        path = now.path(process)

        async def done() -> bool:
            service = (await self._services.now()).services.get(process)
            return service is not None and shows(service) is True

        async def send() -> None:
            answer = await self._sent(now, process, path, body, consent)
            if answer is not None and shows(answered(answer)) is True:
                return
            if not await done():
                raise OutsideError(
                    f"MedStack took the change, but {clean(process, 80)} does not show {what}",
                    f"PATCH {path}",
                    f"look at the service in MedStack Control, then {do('again')}",
                )

        await once(send, done)

    async def _sent(
        self, now: Now, process: str, path: str, body: Mapping[str, object], consent: Consent
    ) -> Fields | None:
        problem: MovedayError
        try:
            return await self._api.change("PATCH", path, body, consent, Level.USERS_NOTICE)
        except HttpRefused as refused:
            problem = explained(refused, now, process)
        raise problem


def explained(refused: HttpRefused, now: Now, process: str) -> MovedayError:
    """A refused change in words a person can act on."""
    words = said(refused)
    domains = now.domains if process == now.serving else ()
    named = any(name in words for name in now.domains)
    if not (named or (domains and (not words or _OF_NAMES.search(words)))):
        return OutsideError(
            f"MedStack refuses to change {clean(process, 80)}",
            words or refused.title,
            f"do it in MedStack Control, then {do('again')}",
        )
    shown = ", ".join(clean(name, 120) for name in now.domains)
    return RefusedForNow(
        f"MedStack refuses to change {clean(process, 80)}: a domain of it leads elsewhere",
        f"{words or refused.title}; it changes no service whose domains ({shown}) do not lead to"
        " its cluster",
        "put the DNS records back to the cluster's address first, and wait until their old TTL has"
        " run out",
    )
