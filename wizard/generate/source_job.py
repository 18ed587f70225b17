"""The job's program in the form in which it is started: as a file, as one line, as a service."""

import base64
import gzip

from wizard.model.source_job import JobOrder, KeptSecret

_SECRETS = "/run/secrets/"


def one_line(script: str) -> str:
    """A command for a field that takes one line: the same program, packed. No secret is in it."""
    packed = base64.b64encode(gzip.compress(script.encode(), mtime=0)).decode()
    return f"sh -c 'eval \"$(echo {packed} | base64 -d | gunzip)\"'\n"


def service(script: str, order: JobOrder) -> str:
    """A Compose or stack file with one service that runs once and is not started again.

    A dollar sign is written twice, since Compose and `docker stack` replace names after one.
    """
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
        '    restart: "no"\n'
        "    deploy:\n"
        "      replicas: 1\n"
        "      restart_policy:\n"
        "        condition: none\n"
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
