"""The job's program in the form in which it is started: as a file, as one line, as a service."""

import base64
import gzip

from wizard.model.source_job import JobOrder, KeptSecret

_SECRETS = "/run/secrets/"
_NEVER = '"no"'


def packed(script: str) -> str:
    """The same program as one short line for `sh -c`: Linux takes 128 KiB in one argument at most.

    No secret is in it, and no sign that a quotation by ' or by Compose's dollar would change.
    """
    text = base64.b64encode(gzip.compress(script.encode(), mtime=0)).decode()
    return f'eval "$(echo {text} | base64 -d | gunzip)"'


def one_line(script: str) -> str:
    """A command for a field that takes one line: the same program, packed. No secret is in it."""
    return f"sh -c '{packed(script)}'\n"


def service(script: str, order: JobOrder) -> str:
    """A Compose or stack file with one service that runs once and is not started again.

    One that serves is started again when it was killed: it waits again then. A dollar
    sign is written twice, since Compose and `docker stack` replace names after one.
    """
    serves = order.kind == "serve"
    if serves:
        script = packed(script)
    kept = [one for one in (order.source, order.target) if one is not None]
    body = "".join(
        f"          {line}\n" if line else "\n" for line in script.replace("$", "$$").splitlines()
    )
    return (
        f"# {_how(order)}\n"
        'version: "3.8"\n'
        "services:\n"
        f"  moveday-{order.kind}:\n"
        f"    image: postgres:{order.major}\n"
        f"    restart: {'unless-stopped' if serves else _NEVER}\n"
        "    deploy:\n"
        "      replicas: 1\n"
        "      restart_policy:\n"
        f"        condition: {'any' if serves else 'none'}\n"
        f"{_named('    secrets', _secrets(kept))}"
        f"{_variables(kept)}"
        "    command:\n"
        "      - sh\n"
        "      - -c\n"
        "      - |\n"
        f"{body}"
        f"{_external(_secrets(kept))}"
    )


def _how(order: JobOrder) -> str:
    if order.kind == "serve":
        return (
            f"moveday, job {order.job}: start it in the network of the source; it waits for its"
            " orders, and stays until it is removed."
        )
    return (
        f"moveday, job {order.job}: start it in the network of the source, copy its log from BEGIN"
        " to END, then remove it."
    )


def _secrets(kept: list[KeptSecret]) -> list[str]:
    """Names of the platform's secrets; files elsewhere are mounted by whoever keeps them there."""
    found = [one.file.removeprefix(_SECRETS) for one in kept if one.file.startswith(_SECRETS)]
    return list(dict.fromkeys(found))


def _named(key: str, names: list[str]) -> str:
    return f"{key}:\n" + "".join(f'      - "{name}"\n' for name in names) if names else ""


def _variables(kept: list[KeptSecret]) -> str:
    """Taken from where the service is started: their values stand in no file."""
    names = list(dict.fromkeys(one.variable for one in kept if one.variable))
    return _named("    environment", names)


def _external(names: list[str]) -> str:
    each = "".join(f'  "{name}":\n    external: true\n' for name in names)
    return f"secrets:\n{each}" if names else ""
