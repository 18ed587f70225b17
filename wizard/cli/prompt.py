"""Asks at the terminal without blocking: a signal ends the question, other work goes on."""

import asyncio
import os
import sys

import click

from wizard.cli.talk import show

_LINE_LIMIT = 4096


async def ask_yes_no(text: str) -> bool:
    """Whether the person said yes; an empty answer is no. Raises click's Abort at end of input."""
    while True:
        said = (await ask_line(f"{text} [y/N]")).lower()
        if said in ("", "n", "no", "y", "yes"):
            return said in ("y", "yes")
        show("  please answer y or n")


async def ask_line(text: str) -> str:
    """One line from the terminal, without its end. Raises click's Abort at end of input."""
    click.echo(f"{text}: ", nl=False, err=True)
    if sys.platform == "win32":
        return (await asyncio.to_thread(sys.stdin.readline)).strip()
    import termios

    descriptor = sys.stdin.fileno()
    # What was typed before the question stood there is no answer to it.
    termios.tcflush(descriptor, termios.TCIFLUSH)
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
    return line.decode("utf-8", "replace").strip()
