"""Everything that can be told about this machine without a network."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from wizard.clock import Clock
from wizard.engine.machine.storage import storage_findings
from wizard.engine.machine.surroundings import clock_findings, network_findings, tool_findings
from wizard.engine.machine.terminal import terminal_findings, this_terminal
from wizard.engine.machine.versions import platform_finding, version_findings
from wizard.errors import MovedayError
from wizard.model.doctor import Finding
from wizard.ports.vault import VaultUnavailable

Keyring = Callable[[], str]
"""Writes, reads and deletes a random item; the keyring's name in words, or VaultUnavailable."""
Postgres = Callable[[], Awaitable[str]]
"""The version of the PostgreSQL programs that will be used, in words, or a MovedayError."""


async def examine_machine(
    folder: Path, environ: Mapping[str, str], clock: Clock, keyring: Keyring, postgres: Postgres
) -> tuple[Finding, ...]:
    """Platform, versions, terminal, keyring, tools, clock, disk and network settings."""
    return (
        platform_finding(),
        *version_findings(),
        await _postgres(postgres),
        *terminal_findings(this_terminal(), environ),
        await _keyring(keyring),
        *tool_findings(),
        *clock_findings(clock),
        *storage_findings(folder),
        *network_findings(environ),
    )


async def _keyring(probe: Keyring) -> Finding:
    try:
        words = await asyncio.to_thread(probe)
    except VaultUnavailable as trouble:
        detail = f"{trouble.title}: {trouble.detail}" if trouble.detail else trouble.title
        return Finding(
            id="keyring",
            group="keyring",
            state="warn",
            seen=detail,
            means="tokens then last one session, or come from the environment; never a file",
            todo=trouble.hint,
        )
    return Finding(
        id="keyring",
        group="keyring",
        state="ok",
        seen=f"an item was written, read and deleted {words}",
    )


async def _postgres(find: Postgres) -> Finding:
    try:
        words = await find()
    except MovedayError as error:
        return Finding(
            id="postgres",
            group="versions",
            state="fail",
            seen=f"{error.title}: {error.detail}".rstrip(": "),
            means="databases cannot be moved from this machine",
            todo=error.hint or "install moveday again from its lock file (make install)",
        )
    return Finding(id="postgres", group="versions", state="ok", seen=words)
