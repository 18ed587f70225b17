"""What do the engine's answers about an image mean? Libraries, writes, ports, failed builds."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Literal

from wizard.model.container import ImageFacts, LintFinding

LIBRARIES_SCRIPT = r"""
set -u
for tool in find grep ldd; do
  command -v "$tool" >/dev/null 2>&1 || { echo "moveday: no $tool"; exit 3; }
done
set -- "$PWD" /app /opt /srv /usr/local /home
find "$@" -xdev -type f \( -name '*.so' -o -name '*.so.*' -o -name '*.node' -o -perm -0100 \) \
  -exec grep -la '^.ELF' {} + 2>/dev/null | sort -u > /tmp/moveday-elf
while IFS= read -r file; do
  echo "moveday-file: $file"
  ldd "$file" 2>&1
done < /tmp/moveday-elf
echo "moveday: done"
"""
"""Lists every program and library of the app with what the loader finds for it."""

_MISSING = re.compile(r"^\s*(\S+) => not found")
_MUSL = re.compile(r"^(libc\.musl-|ld-musl-)")
_OUTSIDE = re.compile(
    r"no such host|i/o timeout|tls handshake timeout|network is unreachable"
    r"|x509: certificate|toomanyrequests|enotfound|eai_again|etimedout|econnreset"
    r"|self[- ]signed certificate|unable_to_verify|certificate verify failed|could not resolve host"
    r"|temporary failure (?:in name resolution|resolving)|name or service not known"
    r"|could not reach host|failed to establish a new connection|503 service unavailable"
    r"|403 forbidden|proxyconnect tcp|no matching manifest for",
    re.IGNORECASE,
)
_UNREADABLE = re.compile(
    r"unable to prepare context|failed to (?:read|solve).{0,40}permission denied"
)
_PASSING = re.compile(
    r"(^|/)(__pycache__|\.cache|\.npm|\.yarn|\.config|\.local|\.bundle|\.pm2)(/|$)"
    r"|\.(pyc|pid|sock|lock)$|^/(tmp|run|dev|proc|sys)(/|$)|^/var/(tmp|run|log|cache|lock)(/|$)"
    r"|^/etc/(hosts|hostname|resolv\.conf|mtab)$|^/root/\.|^/home/[^/]+/\."
)
# npm prints how it is called, and where its log lies, after the reason.
_CHATTER = re.compile(
    r"npm notice"
    r"|npm (?:error|ERR!)(?: (?:\[|aliases:|Options:|Usage:|Run \"npm|A complete log).*)?$"
)
ALWAYS_WRITABLE = ("/tmp", "/run", "/var/tmp")  # noqa: S108 - paths inside a container


def missing_libraries(output: str) -> tuple[str, ...] | None:
    """`library, needed by file` from the script's output; None when it did not run to its end.

    Files built for another C library are left out: packages bring one build for each. So is a
    library that lies among the app's own files: its parent has loaded it by then.
    """
    if "moveday: done" not in output:
        return None
    wanted: dict[str, list[str]] = {}
    file, present = "", set()
    for line in output.splitlines():
        if line.startswith("moveday-file: "):
            file = line.removeprefix("moveday-file: ").strip()
            present.add(PurePosixPath(file).name)
        elif match := _MISSING.match(line):
            wanted.setdefault(file, []).append(match[1])
    found: dict[str, str] = {}
    for path, libraries in wanted.items():
        if any(_MUSL.match(library) for library in libraries) or "musl" in path:
            continue
        for library in libraries:
            if library not in present:
                found.setdefault(library, path)
    return tuple(f"{library}, needed by {path}" for library, path in found.items())


def kept_writes(paths: Iterable[str], folder: str) -> tuple[str, ...]:
    """What a process wrote that looks as if it should last; caches, logs and the like do not."""
    return tuple(path for path in paths if not _passing(path, folder))


def writable_folders(paths: Iterable[str], folder: str) -> tuple[str, ...]:
    """The folders that must stay writable for what may be lost: the usual ones, and the app's."""
    own = {
        str(PurePosixPath(folder) / name)
        for path in paths
        for name in ("tmp", "log", "logs")
        if path.startswith(f"{folder.rstrip('/')}/{name}")
    }
    return (*ALWAYS_WRITABLE, *sorted(own))


def _passing(path: str, folder: str) -> bool:
    below = f"{folder.rstrip('/')}/"
    own = path.removeprefix(below) if path.startswith(below) else ""
    return bool(_PASSING.search(path)) or own.partition("/")[0] in ("tmp", "log", "logs")


def why_not_built(log: str) -> Literal["outside", "unreadable", "own"]:
    """Whose fault a failed build is: the network or a registry, the client's view, or the files'.

    Only the end of the log counts: a warning on the way is no reason.
    """
    end = "\n".join(log.splitlines()[-60:])
    if _UNREADABLE.search(end):
        return "unreadable"
    return "outside" if _OUTSIDE.search(end) else "own"


def failure_lines(log: str, most: int = 12) -> tuple[str, ...]:
    """What the failed instruction itself printed last, and the builder's verdict below it."""
    lines = log.splitlines()
    verdict = [line for line in lines if line.startswith("ERROR: ")][-1:]
    failed = re.findall(r"^#(\d+) ERROR: ", log, re.MULTILINE)
    if not failed:
        return tuple(verdict or [line for line in lines if line.strip()][-most:])
    own = re.compile(rf"^#{failed[-1]} \d+\.\d+ (.*\S)")
    printed = [match[1] for line in lines if (match := own.match(line))]
    telling = [line for line in printed if not _CHATTER.match(line)]
    return (*telling[-most:], *verdict)


def build_step(line: str) -> str:
    """The instruction that a line of the builder's log begins, "" for every other line."""
    match = re.match(r"^#\d+ \[(?!internal|auth)([^\]]*\d+/\d+)\] (.+)$", line)
    return f"{match[1].strip()}: {match[2][:100]}" if match else ""


def endpoint_port(image: ImageFacts, given: Mapping[str, object]) -> tuple[str, str]:
    """The port Aptible's endpoint takes by itself (the lowest as text), and what is wrong with it.

    `given` are the variables the app is configured with: they go before the image's own.
    """
    if not image.ports:
        return "", "no EXPOSE: an endpoint has nothing to send requests to"
    port = min(image.ports)
    own = image.env.get("PORT", "")
    if "PORT" not in given and own and own != port:
        return port, f"PORT is {own}, and the endpoint goes to {port}"
    return port, ""


def lint_lines(findings: Sequence[LintFinding]) -> tuple[str, ...]:
    """Each remark on a line of its own."""
    return tuple(f"Dockerfile:{f.line} {f.rule} ({f.level}) {f.text}" for f in findings)


def serious(findings: Iterable[LintFinding]) -> tuple[LintFinding, ...]:
    """Errors and warnings; matters of style are left out."""
    return tuple(finding for finding in findings if finding.level in ("error", "warning"))
