"""What the commands of `moveday database job` are told: where secrets are kept, what was pasted."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from wizard.errors import UsageError
from wizard.model.source_job import KeptSecret

_LARGEST_PASTE = 100_000_000


def kept_options(side: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options that say where one side's URL is kept inside the container."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        options: Any = function
        for name, words in reversed(
            (
                ("secret", f"File in the container that holds the {side}'s URL."),
                ("env", f"Variable in the container that holds the {side}'s URL."),
                ("host", "With it, only the password is kept there."),
                ("user", f"User that belongs to --{side}-host."),
                ("database", f"Database that belongs to --{side}-host."),
            )
        ):
            options = click.option(f"--{side}-{name}", default="", metavar="NAME", help=words)(
                options
            )
        decorated: Callable[..., Any] = click.option(
            f"--{side}-port", type=click.IntRange(1, 65535), default=5432, help="Its port."
        )(options)
        return decorated

    return decorate


def generating(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that writes a program."""
    options: Any = function
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option(
            "--packed",
            is_flag=True,
            help="Compress the report even when it is short enough to read.",
        ),
        click.option(
            "--as",
            "form",
            type=click.Choice(["script", "line", "service"]),
            default="script",
            show_default=True,
            help="A program for sh; the same as a command of one line; a Compose or stack file.",
        ),
        click.option(
            "--image-version",
            "major",
            type=int,
            default=18,
            show_default=True,
            help="Of the image postgres:VERSION; at least the newer server's.",
        ),
    ):
        options = option(options)
    decorated: Callable[..., Any] = kept_options("source")(options)
    return decorated


text_sums = click.option(
    "--text-sums",
    is_flag=True,
    help="Sum up rows as text: for another encoding, or a target before version 14.",
)


def kept_secret(given: dict[str, Any], side: str) -> KeptSecret:
    """What `kept_options` of that side were given."""
    return KeptSecret(
        file=given[f"{side}_secret"],
        variable=given[f"{side}_env"],
        host=given[f"{side}_host"],
        port=given[f"{side}_port"],
        user=given[f"{side}_user"],
        database=given[f"{side}_database"],
    )


def certificates(path: Path | None) -> str:
    """The certificates (PEM) in a file; UsageError for anything else, a private key above all."""
    if path is None:
        return ""
    text = text_of(path)
    if "-----BEGIN CERTIFICATE-----" not in text or "PRIVATE KEY" in text:
        raise UsageError(
            f"{path.name} is no file of certificates",
            "it must hold certificates (PEM) and nothing else: it becomes part of the job's text",
            "give the certificate of the authority that signed the target's",
        )
    return text


def some_text_of(path: Path) -> str:
    """What was pasted; UsageError when it is nothing."""
    text = text_of(path)
    if not text.strip():
        raise UsageError(f"{path} is empty", "", "paste what the job's container printed")
    return text


def text_of(path: Path) -> str:
    """A file's text, or standard input's ("-"); what is no UTF-8 is replaced, not refused."""
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(_LARGEST_PASTE).decode("utf-8", "replace")
        with path.open("rb") as file:
            return file.read(_LARGEST_PASTE).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read", error.strerror or "", "name a file, or - for standard input"
        ) from None
