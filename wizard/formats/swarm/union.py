"""Several inputs say something about one project: what they agree on, and where they differ.

What runs goes before what is written; nothing is settled without being told.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from wizard.formats.compose.project import Differs, Project
from wizard.formats.compose.service import Service
from wizard.formats.compose.variables import EnvValue

T = TypeVar("T")
_PLAIN = ("command", "entrypoint", "mode", "replicas", "memory", "reserved")
_QUIET = ("restart", "update_order", "health")
_NOTHING: tuple[object, ...] = ("", None, ())
_FIELD = {
    "variable": "environment",
    "mount": "mounts",
    "port": "ports",
    "secret": "secrets",
    "config": "configs",
}
"""What differs, in words → the field of a service."""


def united(below: Project, above: Project, *, whole: bool) -> Project:
    """`above` is what runs. `whole`: it tells all of a service, so what it lacks is not there."""
    services = dict(below.services)
    work = _Union(whole)
    for name, service in above.services.items():
        before = services.get(name)
        services[name] = service if before is None else work.service(before, service)
    return replace(
        below,
        name=above.name or below.name,
        files=tuple(dict.fromkeys((*below.files, *above.files))),
        services=services,
        volumes={**above.volumes, **below.volumes},
        secrets={**above.secrets, **below.secrets},
        configs={**above.configs, **below.configs},
        networks=below.networks or above.networks,
        remarks=(*below.remarks, *above.remarks),
        differs=(*below.differs, *above.differs, *work.found),
    )


@dataclass
class _Union:
    whole: bool

    def __post_init__(self) -> None:
        self.found: list[Differs] = []

    def _differ(
        self, subject: str, name: str, below: tuple[object, str], above: tuple[object, str]
    ) -> None:
        said = tuple(f"{place}: {words}" for place, words in (below, above))
        self.found.append(Differs(name, subject, said))

    def service(self, below: Service, above: Service) -> Service:
        """One of both."""
        changed: dict[str, Any] = {"seen": dict(below.seen), **self._image(below, above)}
        for key in (*_PLAIN, *_QUIET):
            new, old = getattr(above, key), getattr(below, key)
            if new in ("", None):
                continue
            changed[key] = new
            changed["seen"][key] = above.place
            same = new == old or (old in ("", None) and (key != "mode" or new == "replicated"))
            if not same and key in _PLAIN:
                words = ("one", "another") if "comm" in key or "entry" in key else (old, new)
                self._differ(
                    key,
                    below.name,
                    (below.seen.get(key, below.place), str(words[0])),
                    (above.place, str(words[1])),
                )
        changed["environment"] = self._environment(below, above)
        changed["mounts"] = self._each(
            "mount",
            below,
            above,
            {m.target: m for m in below.mounts},
            {m.target: m for m in above.mounts},
            lambda m: "bind" if m.kind == "bind" else f"{m.kind} {m.source}",
        )
        changed["ports"] = self._each(
            "port",
            below,
            above,
            {(p.target, p.protocol): p for p in below.ports},
            {(p.target, p.protocol): p for p in above.ports},
            lambda p: f"{p.published or 'any'} to {p.target}/{p.protocol}",
        )
        for key in ("secrets", "configs"):
            old = {used.name: used for used in getattr(below, key)}
            new = {used.name: used for used in getattr(above, key)}
            changed[key] = self._each(key[:-1], below, above, old, new, lambda used: used.target)
        for key in ("labels", "deploy_labels", "raw", "words"):
            changed[key] = {**getattr(below, key), **getattr(above, key)}
        changed["served"] = above.served or below.served
        changed["untold"] = self._untold(below, above)
        changed["aliases"] = tuple(dict.fromkeys((*below.aliases, *above.aliases)))
        changed["networks"] = below.networks or above.networks
        changed["gpu"] = below.gpu or above.gpu
        return replace(below, **changed)

    def _image(self, below: Service, above: Service) -> dict[str, Any]:
        if not above.image:
            return {}
        old, new = below.image.partition("@")[0], above.image.partition("@")[0]
        if old == new and "@" in below.image and "@" not in above.image:
            return {}
        place = below.seen.get("image", below.place)
        if below.image and not below.image_unset and old != new:
            self._differ("image", below.name, (place, old), (above.place, new))
        seen = {**below.seen, "image": above.place}
        return {"image": above.image, "image_unset": (), "seen": seen}

    def _environment(self, below: Service, above: Service) -> tuple[EnvValue, ...]:
        old = {each.name: each for each in below.environment}
        new = {each.name: each for each in above.environment}
        for name, each in new.items():
            before = old.get(name)
            if before is None or before.value is None:
                continue
            if each.value is None:
                new[name] = before
            elif each.value.get_secret_value() != before.value.get_secret_value():
                self._differ(
                    f"variable {name}",
                    below.name,
                    (before.place, "one value"),
                    (each.place, "another value"),
                )
        self._missing("variable", below, above, old, new)
        whole = self._tells_all("variable", above)
        return tuple((new if whole else {**old, **new}).values())

    def _each(
        self,
        what: str,
        below: Service,
        above: Service,
        old: Mapping[Any, T],
        new: Mapping[Any, T],
        words: Callable[[T], str],
    ) -> tuple[T, ...]:
        merged = {} if self._tells_all(what, above) else {**old}
        for key, each in new.items():
            before = old.get(key)
            # A path on the laptop and one on the node: the project's own says more.
            bind = before is not None and words(before) == words(each) == "bind"
            other = getattr(before, "source", "") != getattr(each, "source", "")
            merged[key] = before if before is not None and bind and other else each
            if before is not None and words(before) != words(each):
                self._differ(
                    f"{what} {_shown(key)}",
                    below.name,
                    (getattr(before, "place", below.place), words(before)),
                    (getattr(each, "place", above.place), words(each)),
                )
        self._missing(what, below, above, old, new)
        return tuple(merged.values())

    def _untold(self, below: Service, above: Service) -> tuple[str, ...]:
        """Fields of which both could have told something, and neither did."""
        still = [key for key in above.untold if getattr(below, key) in _NOTHING]
        kept = () if self.whole else below.untold
        still += [key for key in kept if getattr(above, key) in _NOTHING]
        return tuple(dict.fromkeys(still))

    def _tells_all(self, what: str, above: Service) -> bool:
        """Whether what `above` lacks of this kind is not there; else it was just not told."""
        return self.whole and _FIELD[what] not in above.untold

    def _missing(
        self,
        what: str,
        below: Service,
        above: Service,
        old: Mapping[Any, T],
        new: Mapping[Any, T],
    ) -> None:
        if not self._tells_all(what, above):
            return
        for key, each in old.items():
            if key not in new:
                self._differ(
                    f"{what} {_shown(key)}",
                    below.name,
                    (getattr(each, "place", below.place), "written"),
                    (above.place, "not there"),
                )


def _shown(key: Hashable) -> str:
    return "/".join(str(part) for part in key) if isinstance(key, tuple) else str(key)
