"""Asks at the terminal without blocking: a signal ends the question, other work goes on."""

import asyncio
import os
import select
import sys

import click
from pydantic import SecretStr

from wizard.cli.talk import show

_LINE_LIMIT = 4096
_PASTE_PAUSE = 0.05


class SeveralLines(Exception):
    """More than one line was pasted where one is wanted; none of it was used."""


async def ask_yes_no(text: str) -> bool:
    """Whether the person said yes; an empty answer is no. Raises click's Abort at end of input."""
    while True:
        said = (await ask_line(f"{text} [y/N]")).lower()
        if said in ("", "n", "no", "y", "yes"):
            return said in ("y", "yes")
        show("  please answer y or n")


async def ask_line(text: str) -> str:
    """One line from the terminal, without its end. Raises click's Abort at end of input."""
    if sys.platform == "win32":
        click.echo(f"{text}: ", nl=False, err=True)
        return (await asyncio.to_thread(sys.stdin.readline)).strip()
    import termios

    # What was typed before the question stood there is no answer to it.
    termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    click.echo(f"{text}: ", nl=False, err=True)
    return (await _read_line(sys.stdin.fileno())).decode("utf-8", "replace").strip()


async def ask_secret(text: str) -> SecretStr:
    """One line that is not shown while it is typed.

    Raises SeveralLines when a paste goes on after the line's end (the rest would land in the next
    question, or in the shell), click's Abort at end of input. The terminal is as before afterwards,
    also when a signal ends the question.
    """
    question = f"{text} (not shown): "
    if sys.platform == "win32":
        import getpass

        click.echo(question, nl=False, err=True)
        return SecretStr((await asyncio.to_thread(getpass.getpass, "")).strip())
    import termios

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    silent = termios.tcgetattr(descriptor)
    silent[3] &= ~termios.ECHO
    try:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, silent)
        click.echo(question, nl=False, err=True)
        line = (await _read_line(descriptor)).decode("utf-8", "replace")
        more = False
        while select.select([descriptor], [], [], _PASTE_PAUSE)[0]:
            rest = os.read(descriptor, _LINE_LIMIT)
            more = more or bool(rest.strip())
            if not rest:
                break
    finally:
        # With a flush: what is left of a paste must not reach the shell.
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
        click.echo("", err=True)
    if more:
        raise SeveralLines
    return SecretStr(line.strip())


async def _read_line(descriptor: int) -> bytes:
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[bytes] = loop.create_future()

    def read() -> None:
        if not typed.done():
            try:
                typed.set_result(os.read(descriptor, _LINE_LIMIT))
            except OSError:
                typed.set_result(b"")

    loop.add_reader(descriptor, read)
    try:
        line = await typed
    finally:
        loop.remove_reader(descriptor)
    if not line:
        raise click.exceptions.Abort
    return line
