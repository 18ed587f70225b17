"""Stores decisions in moveday.yaml: what a person changed meanwhile is never overwritten."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from wizard.acts import do
from wizard.engine.folder import (
    BINARY,
    STATE_FOLDER,
    machine_trouble,
    sync_folder,
    write_fully,
)
from wizard.engine.journal import Journal
from wizard.engine.plan_file import FILE_NAME, parse_plan, plan_bytes
from wizard.engine.plan_rewrite import rewrite
from wizard.engine.plan_text import plan_document, write_document
from wizard.engine.session import Session
from wizard.errors import BlockedError, UsageError
from wizard.model.plan import Plan
from wizard.runbook.open_run import open_run

_VERSIONS = "plans"


def save_plan(session: Session, plan: Plan) -> None:
    """Write `plan` into moveday.yaml and make it the session's plan; journalled.

    Only sections that changed are written anew. Raises UsageError when the file is another one
    than was read, or cannot be changed without losing a person's words; nothing is written then.
    """
    if plan == session.plan:
        return
    refuse_while_open(session.journal)
    raw = store_document(session.folder, plan_document(plan), session.plan_hash)
    written = parse_plan(raw)
    digest = hashlib.sha256(raw).hexdigest()
    session.journal.append("decided", key="plan", hash=digest, before=session.plan_hash)
    session.plan, session.plan_hash = written, digest


def refuse_while_open(journal: Journal) -> None:
    """Raise BlockedError while a run is open: what it began is gone on with, and taken back, by
    the plan it began with."""
    found = open_run(journal)
    if found is not None:
        raise BlockedError(
            f"the plan is not changed while a {found.kind} run is open (number {found.number})",
            f"its way back follows {FILE_NAME}: another plan could leave things behind",
            f"finish the run, or take it back: {do('roll-back')}; then decide again",
        )


def store_document(folder: Path, document: Mapping[str, object], before: str) -> bytes:
    """Write a plan's or draft's document; the bytes that now stand there.

    `before` is the SHA-256 (hex) of the file as it was read, "" when there was none.
    """
    old = plan_bytes(folder)
    _refuse_other(old, before)
    raw = _bytes_for(old, document)
    if raw != old:
        _keep(folder, old)
        _replace(folder, raw, before)
    return raw


def kept_plan(folder: Path, digest: str) -> bytes:
    """An earlier version of the file, by its SHA-256 (hex). Raises BlockedError when it is gone."""
    path = folder / STATE_FOLDER / _VERSIONS / f"{digest}.yaml"
    raw = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(raw).hexdigest() != digest:
        raise BlockedError(
            "the plan as it was before is not kept",
            f"{path.name} is not there, or is another text",
            f"change {FILE_NAME} by hand, or answer anew",
        )
    return raw


def put_plan(folder: Path, raw: bytes, before: str) -> None:
    """Put these bytes in the file's place. `before`: its SHA-256 (hex) as it was read."""
    old = plan_bytes(folder)
    _refuse_other(old, before)
    _keep(folder, old)
    _replace(folder, raw, before)


def _keep(folder: Path, raw: bytes | None) -> None:
    """Keep a version beside the journal: a decision can be taken back. It has no secrets."""
    if raw is None or not (folder / STATE_FOLDER).is_dir():
        return
    place = folder / STATE_FOLDER / _VERSIONS
    path = place / f"{hashlib.sha256(raw).hexdigest()}.yaml"
    with machine_trouble("keep a version of the plan in", place):
        place.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            temporary = place / f".{secrets.token_hex(4)}"
            temporary.write_bytes(raw)
            temporary.replace(path)


def _bytes_for(old: bytes | None, document: Mapping[str, object]) -> bytes:
    if old is None or not old.strip():
        return write_document(document).encode()
    return rewrite(old.decode("utf-8"), document).encode()


def _refuse_other(raw: bytes | None, before: str) -> None:
    found = "" if raw is None else hashlib.sha256(raw).hexdigest()
    if found != before:
        raise UsageError(
            f"{FILE_NAME} was changed by somebody while this ran",
            "it is left as it is; what was decided here is not in it",
            f"{do('again')}: it reads the file anew",
        )


def _replace(folder: Path, raw: bytes, before: str) -> None:
    """Put `raw` in the file's place: a reader sees the old file or the new one, never a part."""
    path = (folder / FILE_NAME).resolve()
    temporary = path.parent / f".{FILE_NAME}-{secrets.token_hex(4)}"
    with machine_trouble("write", path):
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
            try:
                write_fully(descriptor, raw)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            # As late as possible: an editor may have saved while this was being written.
            _refuse_other(plan_bytes(folder), before)
            temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
