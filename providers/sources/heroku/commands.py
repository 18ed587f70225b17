"""The official `heroku` command for each action, so that a person can always do it by hand."""

import shlex
from collections.abc import Callable, Mapping

from wizard.errors import UsageError

_COMMANDS: Mapping[str, Callable[[str, Mapping[str, str]], list[str]]] = {
    "maintenance-on": lambda app, words: ["maintenance:on"],
    "maintenance-off": lambda app, words: ["maintenance:off"],
    "scale": lambda app, words: [
        "ps:scale",
        *(
            f"{process}={quantity}"
            for process, quantity in zip(
                words["process"].split(), words["quantity"].split(), strict=True
            )
        ),
    ],
    "autoscale-off": lambda app, words: ["ps:autoscale:disable"],
    "capture": lambda app, words: ["pg:backups:capture", words["database"]],
    "router-log": lambda app, words: ["logs", "--tail", "--source", "heroku", "--dyno", "router"],
    "remove-domain": lambda app, words: ["domains:remove", words["domain"]],
    "remove-addon": lambda app, words: ["addons:destroy", words["addon"]],
    "delete-app": lambda app, words: ["apps:destroy"],
    "list-authorizations": lambda app, words: ["authorizations"],
}
_WITHOUT_APP = frozenset({"list-authorizations"})


def by_hand(app: str, action: str, words: Mapping[str, str]) -> str:
    """One line for a shell, quoted. `scale` takes `process` and `quantity`, several by blanks.

    Raises UsageError for an unknown action or missing words.
    """
    build = _COMMANDS.get(action)
    if build is None:
        raise UsageError(f"there is no command for {action!r}", f"known: {', '.join(_COMMANDS)}")
    try:
        arguments = build(app, words)
    except (KeyError, ValueError):
        problem = UsageError(f"words are missing for the command {action!r}")
    else:
        named = [] if action in _WITHOUT_APP else ["--app", app]
        return shlex.join(["heroku", *arguments, *named])
    raise problem
