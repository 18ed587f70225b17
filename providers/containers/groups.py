"""Services that run one image are one app to the target: its processes share a release.

A person splits them otherwise by a label in a file laid under what runs: `moveday.app: NAME`.
"""

import re
from collections.abc import Mapping
from posixpath import normpath

from wizard.formats.compose.service import Service
from wizard.model.containers import AppGroup

LABEL = "moveday.app"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


def groups(
    services: Mapping[str, Service],
    public: frozenset[str],
    jobs: frozenset[str] = frozenset(),
) -> tuple[AppGroup, ...]:
    """One group per image or build, in the file's order; named after what visitors reach, else
    after one that is none of `jobs`, or as a person wishes.

    Raises FormatError for a wish that cannot be: one app has one image.
    """
    by_image = {s.image: _build(s) for s in services.values() if s.build and s.image}
    found: dict[tuple[str, ...], list[Service]] = {}
    for service in services.values():
        found.setdefault((_wish(service), *_key(service, by_image)), []).append(service)
    made = {key: _group(members, public, jobs, key[0]) for key, members in found.items()}
    by_name: dict[str, tuple[str, ...]] = {}
    for key, group in made.items():
        before = by_name.setdefault(group.name, key)
        if before != key and before[1:] != key[1:]:
            raise found[key][0].place.wrong(
                f"{found[key][0].name} cannot be in the app {group.name}: it runs another image"
            )
    # A wish for the name that the rest of its image has anyway.
    together = {
        name: [m for key, members in found.items() if made[key].name == name for m in members]
        for name in by_name
    }
    return tuple(_group(members, public, jobs, name) for name, members in together.items())


def _wish(service: Service) -> str:
    """The app that a person wants it in; "" where nobody said."""
    said = {**service.labels, **service.deploy_labels}.get(LABEL)
    if said is None:
        return ""
    name = said.value.strip()
    if not _NAME.fullmatch(name):
        raise service.place.wrong(
            f"the label {LABEL} of {service.name} is no name of an app: small letters, digits and"
            " . _ -"
        )
    return name


def _build(service: Service) -> tuple[str, ...]:
    build = service.build
    if build is None:
        return ()
    return (normpath(build.context), build.dockerfile, build.target, build.inline)


def _key(service: Service, by_image: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if service.build:
        return _build(service)
    if service.image in by_image:
        return by_image[service.image]
    if service.image and not service.image_unset:
        return ("image", service.image)
    if service.image_unset:
        # The same variables in the same place: the same image, whatever it is.
        return ("image", service.image, *service.image_unset)
    return ("nothing", service.name)


def _group(
    members: list[Service], public: frozenset[str], jobs: frozenset[str], wished: str
) -> AppGroup:
    lasting = next((m for m in members if m.name not in jobs), members[0])
    first = next((m for m in members if m.name in public), lasting)
    built = next((m.build for m in members if m.build), None)
    image = next((m.image for m in members if m.image), "")
    return AppGroup(
        name=wished or first.name,
        image=image,
        build=built.context if built else "",
        dockerfile=built.dockerfile if built else "",
        target=built.target if built else "",
        inline=bool(built.inline) if built else False,
        processes=tuple(m.name for m in members),
        known=bool(built) or (bool(image) and not first.image_unset),
        where=_where(first),
    )


def _where(service: Service) -> str:
    """Where the service stands, or what it is made of, when another file says that."""
    made = service.made_at
    return str(made if made is not None and made.file != service.place.file else service.place)
