"""What a service's Dockerfile tells: what its image starts from, and what is copied into it."""

import re
from dataclasses import replace
from posixpath import join, normpath

from providers.containers.files import ProjectFiles
from wizard.formats.compose.service import Build, Service
from wizard.formats.image_name import read_image

_FROM = re.compile(r"(?im)^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?")
_ARG = re.compile(r"(?im)^\s*ARG\s+([A-Za-z_]\w*)=(\S+)")
_USED = re.compile(r"\$\{?([A-Za-z_]\w*)(?::-([^}]*))?\}?")
_COPY = re.compile(r"(?im)^\s*(?:COPY|ADD)\s+((?:--\S+\s+)*)(.+)$")


class Dockerfiles:
    """The Dockerfiles of a project's services, as far as they are there."""

    def __init__(self, files: ProjectFiles) -> None:
        self._files = files

    def text(self, service: Service) -> str:
        """The text of the service's Dockerfile, "" when it is not there."""
        build = service.build
        if build is None:
            return ""
        if build.inline:
            return build.inline
        path = normpath(join(build.context, build.dockerfile or "Dockerfile"))
        return self._files.text(path) or ""

    def beside(self, service: Service) -> Service | None:
        """A service of a ready image as it would be built from the folder that is called like it:
        a stack's file names images that another file of the project builds. None without one."""
        if service.build is not None or not service.image:
            return None
        for folder in dict.fromkeys((service.name, read_image(service.image).last)):
            if folder and self._files.is_file(f"{folder}/Dockerfile"):
                return replace(service, build=Build(folder))
        return None

    def base(self, service: Service) -> str:
        """The image that the built one starts from; "" when no file or no name tells it."""
        text = self.text(service)
        stages = _FROM.findall(text)
        if not stages:
            return ""
        named = {alias.lower(): image for image, alias in stages if alias}
        wanted = service.build.target.lower() if service.build else ""
        found = named.get(wanted, stages[-1][0])
        for _ in stages:
            found = named.get(found.lower(), found)
        given: dict[str, str] = dict(_ARG.findall(text))
        plain = _USED.sub(lambda used: str(given.get(used[1], used[2] or "")).strip("\"'"), found)
        return plain if "$" not in plain else ""

    def copies(self, service: Service) -> tuple[tuple[str, str], ...]:
        """(path in the project, path in the image) of every file that is copied into it.

        Files of other stages have no path in the project: "" stands for it.
        """
        build = service.build
        found: list[tuple[str, str]] = []
        for options, rest in _COPY.findall(self.text(service)):
            words = [w.strip("\",'[]") for w in rest.split()]
            *sources, target = [w for w in words if w] or [""]
            for source in sources:
                outside = "--from" in options or build is None or build.context.startswith("http")
                path = "" if outside or build is None else normpath(join(build.context, source))
                found.append((path, target))
        return tuple(found)
