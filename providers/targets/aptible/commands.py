"""By hand: the official Aptible CLI's command for each thing we do (aptible-cli 0.26).

Every word is quoted for a POSIX shell; secrets appear as $NAME only, to be set by the person.
"""

import shlex
from collections.abc import Mapping

from wizard.errors import UsageError

_COMMANDS: Mapping[str, str] = {
    "create-app": "aptible apps:create {app} --environment {environment}",
    "create-database": (
        "aptible db:create {database} --type {engine} --version {version} "
        "--disk-size {disk} --container-size {memory} --environment {environment}"
    ),
    "configure": "aptible config:set --app {app} --environment {environment} {variables}",
    "push": "git push git@beta.aptible.com:{environment}/{app}.git {commit}:refs/heads/{branch}",
    "deploy": "aptible deploy --app {app} --environment {environment} --git-commitish {commit}",
    "scale": (
        "aptible apps:scale {service} --app {app} --environment {environment} "
        "--container-count {count}"
    ),
    "create-endpoint": (
        "aptible endpoints:https:create {service} --app {app} --environment {environment} "
        "--port {port}"
    ),
    "create-entrance": ("aptible endpoints:database:create {database} --environment {environment}"),
    "delete-entrance": (
        "aptible endpoints:deprovision {host} --database {database} --environment {environment}"
    ),
    "renew": "aptible endpoints:renew {host} --app {app} --environment {environment}",
    "tunnel": "aptible db:tunnel {database} --environment {environment}",
    "delete-database": "aptible db:deprovision {database} --environment {environment}",
    "delete-endpoint": (
        "aptible endpoints:deprovision {host} --app {app} --environment {environment}"
    ),
    "delete-app": "aptible apps:deprovision --app {app} --environment {environment}",
    "purge-backup": "aptible backup:purge {backup}",
    "list-backups": "aptible backup:list {database} --environment {environment}",
    "list-orphaned-backups": "aptible backup:orphaned --environment {environment}",
}


def by_hand(action: str, words: Mapping[str, str]) -> str:
    """The command for `action`. A word that is not given stays as its NAME in capitals.

    Words: app, environment; database, engine, version, disk, memory; variables (names, separated
    by blanks: their values are written as $NAME); commit; service, count; domain, port, allowed
    (addresses, separated by blanks); host. Raises UsageError for an unknown action.
    """
    template = _COMMANDS.get(action)
    if template is None:
        raise UsageError(f"there is no command for {action!r}", f"known: {', '.join(_COMMANDS)}")
    given = {k: shlex.quote(v) for k, v in words.items() if v}
    given["variables"] = (
        " ".join(f'{name}="${name}"' for name in words.get("variables", "").split())
        or 'NAME="$NAME"'
    )
    if words.get("commit"):
        given.setdefault("branch", shlex.quote(f"moveday-{words['commit'][:12]}"))
    command = template.format_map(_Words(given))
    if action == "scale" and words.get("memory"):
        command += f" --container-size {given['memory']}"
    if action == "create-entrance":
        command += _filter(words) or " --ip-whitelist ADDRESS"
    if action == "create-endpoint":
        command += _tls(given) + _filter(words)
    return command


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key.upper()


def _tls(given: Mapping[str, str]) -> str:
    if "domain" not in given:
        return " --default-domain"
    return f" --managed-tls --managed-tls-domain {given['domain']}"


def _filter(words: Mapping[str, str]) -> str:
    addresses = words.get("allowed", "").split()
    return f" --ip-whitelist {shlex.join(addresses)}" if addresses else ""
