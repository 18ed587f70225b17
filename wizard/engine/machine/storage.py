"""Is there room on the disk, and is the state folder private and on a disk that can lock?"""

import os
import shutil
import stat
import tempfile
from pathlib import Path

from wizard.engine.folder import STATE_FOLDER
from wizard.forecast.durations import size
from wizard.model.doctor import Finding

LEAST, COMFORTABLE = 100_000_000, 2_000_000_000
"""Bytes. The data stream through; what stays are the journal and PostgreSQL's programs."""
_SHARED = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs"})


def storage_findings(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> list[Finding]:
    """Free space where the move and the temporary files are, and the state folder."""
    places = {"disk": folder, "temporary": Path(tempfile.gettempdir())}
    found = [_space(name, place) for name, place in places.items()]
    found.append(_state_folder(folder / STATE_FOLDER))
    shared = filesystem_of(folder, mounts)
    if shared in _SHARED:
        found.append(
            Finding(
                id="network-disk",
                group="disk",
                state="warn",
                seen=f"the app's folder is on a network disk ({shared})",
                means="a lock may not be seen by another machine: two could work on one move",
                todo="work on a copy of the repository on a disk of this machine",
            )
        )
    return found


def _space(name: str, place: Path) -> Finding:
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Finding(
            id=name,
            group="disk",
            state="fail",
            seen=f"{place} cannot be looked at: {error.strerror}",
            todo="start in a folder that is there and belongs to you",
        )
    state = "ok" if free >= COMFORTABLE else "warn" if free >= LEAST else "fail"
    return Finding(
        id=name,
        group="disk",
        state="ok" if state == "ok" else "warn" if state == "warn" else "fail",
        seen=f"{size(free)} free in {place.absolute()}",
        means=""
        if state == "ok"
        else "a full disk stops a run in good order, in the middle of an outage",
        todo="" if state == "ok" else "make room before the cutover",
    )


def _state_folder(state: Path) -> Finding:
    try:
        facts = state.lstat()
    except FileNotFoundError:
        can = os.access(state.parent, os.W_OK | os.X_OK)
        return Finding(
            id="state",
            group="disk",
            state="ok" if can else "fail",
            seen=f"no {STATE_FOLDER} here yet"
            if can
            else f"{STATE_FOLDER} cannot be made in {state.parent.absolute()}",
            means="the first command makes it, for your eyes only" if can else "",
            todo="" if can else "start in a folder that belongs to you",
        )
    mine = not hasattr(os, "getuid") or facts.st_uid == os.getuid()
    if not stat.S_ISDIR(facts.st_mode) or not mine:
        what = "is no folder" if mine else "belongs to somebody else"
        return Finding(
            id="state",
            group="disk",
            state="fail",
            seen=f"{STATE_FOLDER} {what}",
            means="nothing can be journalled, so nothing may be done",
            todo="look at what it is, and move it away",
        )
    open_to_others = os.name != "nt" and bool(facts.st_mode & 0o077)
    return Finding(
        id="state",
        group="disk",
        state="warn" if open_to_others else "ok",
        seen=f"{STATE_FOLDER} has mode {stat.S_IMODE(facts.st_mode):04o}",
        means="others on this machine can look into it" if open_to_others else "",
        todo=f"chmod 700 {STATE_FOLDER} (the next command does it, too)" if open_to_others else "",
    )


def filesystem_of(folder: Path, mounts: Path) -> str:
    """The kind of file system below `folder`, "" when this system does not tell."""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return ""
    here = folder.absolute()
    best, kind = -1, ""
    for line in lines:
        parts = line.split()
        if len(parts) < 3:
            continue
        place = Path(parts[1].replace("\\040", " "))
        if here.is_relative_to(place) and len(place.parts) > best:
            best, kind = len(place.parts), parts[2]
    return kind
