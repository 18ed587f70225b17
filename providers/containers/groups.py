"""Services that run one image are one app to the target: its processes share a release."""

from collections.abc import Mapping
from posixpath import normpath

from wizard.formats.compose.service import Service
from wizard.model.containers import AppGroup


def groups(services: Mapping[str, Service], public: frozenset[str]) -> tuple[AppGroup, ...]:
    """One group per image or build, in the file's order; named after what visitors reach."""
    by_image = {s.image: _build(s) for s in services.values() if s.build and s.image}
    found: dict[tuple[str, ...], list[Service]] = {}
    for service in services.values():
        found.setdefault(_key(service, by_image), []).append(service)
    return tuple(_group(members, public) for members in found.values())


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


def _group(members: list[Service], public: frozenset[str]) -> AppGroup:
    first = next((m for m in members if m.name in public), members[0])
    built = next((m.build for m in members if m.build), None)
    image = next((m.image for m in members if m.image), "")
    return AppGroup(
        name=first.name,
        image=image,
        build=built.context if built else "",
        dockerfile=built.dockerfile if built else "",
        target=built.target if built else "",
        inline=bool(built.inline) if built else False,
        processes=tuple(m.name for m in members),
        known=bool(built) or (bool(image) and not first.image_unset),
        where=str(first.place),
    )
