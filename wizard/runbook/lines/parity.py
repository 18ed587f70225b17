"""Does the new side hold every variable byte for byte? Read back by API and from inside."""

import hashlib
import secrets
from collections.abc import Mapping

from pydantic import SecretStr

from wizard.acts import do
from wizard.errors import CheckFailedError
from wizard.model.evidence import Evidence
from wizard.model.inventory import Inventory
from wizard.rules.variable_parity import ParityRow, parity
from wizard.runbook.context import RunContext
from wizard.runbook.lines import configuration, new_side
from wizard.runbook.task import Task
from wizard.safety.consent import Level

# Reads the key from the session's input and prints, for each name given as an argument, the SHA-256
# of key and value: no value ever leaves the container, so none can reach a log drain.
INSIDE_SCRIPT = """\
IFS= read -r key
for name in "$@"; do
  if eval "[ -n \\"\\${$name+set}\\" ]"; then
    eval "value=\\$$name"
    sum=$(printf '%s%s' "$key" "$value" | sha256sum) || exit 9
    printf '%s %s\\n' "$name" "${sum%% *}"
  else
    printf '%s -\\n' "$name"
  fi
done
"""


def keyed(key: str, value: str) -> str:
    """What the script prints for a value."""
    return hashlib.sha256((key + value).encode("utf-8", "surrogateescape")).hexdigest()


async def hashes_inside(context: RunContext, names: list[str], key: str) -> dict[str, str | None]:
    """Keyed hash per variable as a started container sees it; None when it is not set."""
    consent = context.consent(Level.CHANGE_NEW_SIDE, "look at variables inside a container")
    app = await new_side.app(context)
    output = await context.session.outside.target.run_inside(
        app, INSIDE_SCRIPT, names, SecretStr(key + "\n"), consent
    )
    found: dict[str, str | None] = dict.fromkeys(names)
    for line in output.splitlines():
        name, _, digest = line.strip().partition(" ")
        if name in found and len(digest) == hashlib.sha256().digest_size * 2:
            found[name] = digest
    return found


async def _compare(context: RunContext) -> None:
    session = context.session
    decided = await configuration.decisions(context, configuration.throwaway_handles(context))
    wanted = configuration.to_send(decided, held_back=False)
    there = await session.outside.target.configuration(await new_side.app(context))
    key = secrets.token_hex(32)
    inside = await hashes_inside(context, sorted(wanted), key)
    rows = parity(_hashed(wanted, key), _hashed(there, key), decided)
    # What a start script makes files of is taken out of the environment before the app starts.
    in_files = files_made(session.inventory())
    unlike = [
        name
        for name, value in wanted.items()
        if inside[name] != keyed(key, value.get_secret_value())
        and not (inside[name] is None and name in in_files)
    ]
    context.record("parity", [row.model_dump(mode="json") for row in rows])
    context.record("parity-inside", sorted(unlike))


def files_made(inventory: Inventory | None) -> frozenset[str]:
    """Names of variables that hold the content of files, where containers are given files."""
    mounted = inventory.mounted_files if inventory is not None else ()
    return frozenset(file.holder for file in mounted if file.kind != "variables")


def _hashed(values: Mapping[str, SecretStr], key: str) -> dict[str, str]:
    return {name: keyed(key, value.get_secret_value()) for name, value in values.items()}


async def _compared(context: RunContext) -> Evidence | None:
    recorded, unlike = context.recall("parity"), context.recall("parity-inside")
    if not isinstance(recorded, list | tuple) or not isinstance(unlike, list | tuple):
        return None
    rows = [ParityRow.model_validate(row) for row in recorded]
    bad = [f"{r.name}: {r.result}" for r in rows if r.result in ("different", "missing")]
    bad += [f"{name}: differs inside a started container" for name in unlike]
    if bad:
        raise CheckFailedError(
            "the new side's configuration is not the old side's",
            "\n".join(bad),
            f"{do('deploy')} again; if it stays, set the variables by hand and look again",
        )
    same = sum(row.result == "same" for row in rows)
    explained = sum(row.result == "explained" for row in rows)
    what = f"{same} variables the same by API and inside a container, {explained} explained"
    return context.proof(what, "configuration read back, and a throw-away container")


PARITY = Task(
    id="parity",
    title="configuration compared, by API and from inside a container",
    side="new",
    check=_compared,
    do=_compare,
    needs=("answers",),
    level=Level.CHANGE_NEW_SIDE,
    expected=15,
)
