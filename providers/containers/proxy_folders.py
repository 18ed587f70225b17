"""Which folders do proxies serve by themselves? As nginx's configurations tell."""

import re
from collections.abc import Collection, Iterator
from posixpath import normpath

from wizard.formats.compose.parts import Mount
from wizard.formats.compose.service import Service

_LINE = re.compile(
    r"(?m)(?P<open>(?:location\s+(?:[=~^*]+\s+)?(?P<path>\S+)\s*)?\{)|(?P<close>\})"
    r"|(?:^|(?<=[\s;{]))(?:alias|root)\s+[\"']?(?P<folder>/[^;\s\"']*)[\"']?\s*;"
)
_NO_SITE = re.compile(r"\.well-known|^/(?:\d[\dx]{2}\.html|error)")
"""Challenges for certificates, for which managed TLS needs no folder; pages of a proxy's errors."""


def served_folders(text: str) -> tuple[tuple[str, str], ...]:
    """(path of the site, folder) for every folder that a configuration serves."""
    plain = re.sub(r"(?m)(?:^|\s)#.*$", "", text)
    found: list[tuple[str, str]] = []
    below = [""]
    for each in _LINE.finditer(plain):
        if each["open"]:
            below.append(each["path"] or below[-1])
        elif each["close"]:
            below = below[:-1] or [""]
        elif each["folder"]:
            found.append((below[-1] or "/", normpath(each["folder"])))
    return tuple(dict.fromkeys(found))


def served_paths(proxy: Service, texts: Collection[str]) -> tuple[str, ...]:
    """The paths whose files a proxy serves out of something that is mounted into it."""
    folders = [pair for text in texts for pair in served_folders(text)]
    found = (
        path
        for path, folder in folders
        if not _NO_SITE.search(path) and any(_holds(mount, folder) for mount in proxy.mounts)
    )
    return tuple(dict.fromkeys(found))


def proxies_at(source: str, proxies: Collection[Service]) -> Iterator[str]:
    """The proxies into which the same thing is mounted."""
    for proxy in proxies:
        if any(mount.source == source for mount in proxy.mounts):
            yield proxy.name


def _holds(mount: Mount, folder: str) -> bool:
    target = normpath(mount.target)
    return (folder == target or folder.startswith(f"{target}/")) and bool(mount.source)
