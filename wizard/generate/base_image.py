"""What does a base image bring along, by its name?"""

import re

from wizard.generate.tables.base_images import (
    GONE_BEFORE,
    GONE_DEBIAN,
    SERVING,
    WITH_ENTRYPOINT,
)


def parts(image: str) -> tuple[str, str]:
    """Name without the registry of official images, and tag."""
    plain = image.removeprefix("docker.io/").removeprefix("library/").partition("@")[0]
    name, _, tag = plain.partition(":")
    return name, tag


def has_entrypoint(image: str) -> bool:
    """Whether lines of a Procfile would reach an entry point as words."""
    return parts(image)[0] in WITH_ENTRYPOINT


def serving(image: str) -> tuple[str, str]:
    """The command that serves without being named, and its port; ("", "") for none."""
    name, tag = parts(image)
    for (wanted, part), found in SERVING.items():
        if name == wanted and part in tag:
            return found
    return "", ""


def gone_debian(image: str) -> str:
    """The Debian release of the image when its archive moved; "" when it still answers."""
    name, tag = parts(image)
    named = next((release for release in GONE_DEBIAN if release in tag), "")
    if named or "alpine" in tag:
        return named
    if name in ("debian", "buildpack-deps"):
        number = re.match(r"\d+", tag)
        return f"Debian {tag}" if number and int(number.group()) < 11 else ""
    version = re.match(r"(\d+)(?:\.(\d+))?", tag)
    if name not in GONE_BEFORE or version is None or re.search(r"-[a-z]{5,}", _bare(tag)):
        return ""
    first, release = GONE_BEFORE[name]
    # A bare major stands for its newest release.
    minor = int(version.group(2)) if version.group(2) else 99
    return release if (int(version.group(1)), minor) < first else ""


def _bare(tag: str) -> str:
    """The tag without words that say nothing about its Debian."""
    return re.sub(r"-(slim|apache|fpm|cli|zts)\b", "", tag)
