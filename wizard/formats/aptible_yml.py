""".aptible.yml: deploy hooks; the documented keys only, everything else is refused."""

from wizard.formats.errors import FormatError
from wizard.formats.yaml_nodes import compose, line_of, mapping, strings
from wizard.model.frozen import Frozen

BEFORE, ALIAS = "before_deploy", "before_release"
KEYS = (
    BEFORE,
    ALIAS,
    *(f"after_{event}_success" for event in ("deploy", "restart", "configure", "scale")),
    *(f"after_{event}_failure" for event in ("deploy", "restart", "configure", "scale")),
)
"""The complete documented list; `before_release` is the deprecated name of `before_deploy`."""


class HookCommand(Frozen):
    """One command of a hook and its line."""

    command: str
    line: int


class AptibleYml(Frozen):
    """Hook → its commands, in order. `alias_line`: where the deprecated key stands, else 0."""

    hooks: dict[str, tuple[HookCommand, ...]]
    alias_line: int = 0

    @property
    def before_deploy(self) -> tuple[HookCommand, ...]:
        """What runs before new containers start, under either name."""
        return self.hooks.get(BEFORE, ())


def read_aptible_yml(text: str, path: str = ".aptible.yml") -> AptibleYml:
    """Read and judge the file. Raises FormatError for unknown keys and wrong shapes."""
    hooks: dict[str, tuple[HookCommand, ...]] = {}
    alias_line = 0
    for name, (key, value) in mapping(compose(text, path), path).items():
        if name not in KEYS:
            raise FormatError(
                path, line_of(key), f"Aptible documents no key “{name}”; it knows {', '.join(KEYS)}"
            )
        commands = tuple(HookCommand(command=c, line=n) for c, n in strings(value, path, name))
        if any(not command.command.strip() for command in commands):
            raise FormatError(path, line_of(value), f"{name} holds an empty command")
        real = BEFORE if name == ALIAS else name
        if name == ALIAS:
            alias_line = line_of(key)
        if real in hooks:
            raise FormatError(path, line_of(key), f"{ALIAS} is another name of {BEFORE}: use one")
        hooks[real] = commands
    return AptibleYml(hooks=hooks, alias_line=alias_line)
