"""Values that a front end's build bakes in: named each, or left open until the container starts."""

import re
import shlex
from collections.abc import Mapping

from wizard.generate.commands import needs_shell, with_exec
from wizard.generate.notebook import Notebook
from wizard.generate.recipe import APP, Recipe
from wizard.model.files import Evidence, GeneratedFile, Line, newline_of

PATH = "docker-values.sh"
ANSWER = "placeholders"
_ADDRESS = re.compile(r"(^|_)(URL|URI|ORIGIN|ENDPOINT|HOST|DOMAIN|SERVER|BASE)(_|$)")
_SCRIPT = r"""
#!/bin/sh
# Written by moveday. The front end was built with placeholders: this puts the configuration's
# values in their place, in the built files, and then runs the command behind it.
set -eu
here=$(basename "$0")
line_end='
'

put_in() {
    value=$(printenv "$1" || true)
    case $value in
        *[\"\'\`\\\<]* | *'${'* | *"$line_end"*)
            echo "$here: $1 has a character that would break the built files" >&2
            exit 1
            ;;
    esac
    escaped=$(printf '%s' "$value" | sed 's/[&|]/\\&/g')
    grep -rlF --exclude="$here" --exclude=Dockerfile --exclude-dir=node_modules -e "$2" . |
        while IFS= read -r file; do
            sed -i "s|$2|$escaped|g" "$file"
            # Copies that were compressed at build hold the placeholder still.
            rm -f "$file.gz" "$file.br"
        done
}
""".strip("\n")


def say_baked(book: Notebook, baked: Mapping[str, Evidence]) -> None:
    """One finding per name, and the way to have one image for all environments."""
    late = wanted(book)
    for name, place in sorted(baked.items()):
        if late:
            book.placeholders[name] = place
            continue
        book.warn(
            f"baked:{name}",
            f"{name} is baked into the front end at build: a change needs a rebuild, not a restart",
            "set it before the first deploy; `aptible rebuild` after a change",
            place,
        )
    if baked and not late:
        book.note(
            "placeholders",
            "the built files hold the values of one environment",
            f"answer `{ANSWER}: yes` (--answers FILE) for one image that takes them when it starts",
        )
    if late and baked:
        book.note(
            "placeholders-used",
            "the front end is built with placeholders; a restart puts new values in",
            "a value that decides something in the build (a flag, a list) is decided by its "
            "placeholder: read those from the server instead",
            *(place for _, place in sorted(baked.items())),
        )


def wanted(book: Notebook) -> bool:
    """Whether a person chose placeholders."""
    return book.chosen(ANSWER, "yes", "no") == "yes"


def placeholder(name: str) -> str:
    """What the build sees instead of the value: an address where one is parsed as such."""
    if _ADDRESS.search(name):
        return f"https://{name.lower().replace('_', '-')}.placeholder.invalid"
    return f"__moveday_{name}__"


def exports(baked: Mapping[str, Evidence]) -> list[str]:
    """The shell words that set the placeholders for one RUN."""
    return [f"export {name}={placeholder(name)}" for name in sorted(baked)]


def fill_at_start(book: Notebook, recipe: Recipe, command: str) -> str:
    """The command behind the script that puts the values in; the script joins the files."""
    if not book.placeholders:
        return command
    places = tuple(place for _, place in sorted(book.placeholders.items()))
    calls = [f"put_in {name} {placeholder(name)}" for name in sorted(book.placeholders)]
    texts = [*_SCRIPT.split("\n"), "", *calls, 'exec "$@"']
    before = book.view.read(PATH)
    lines = tuple(Line(text=t, rule="F44" if t else "", evidence=places) for t in texts)
    recipe.files.append(
        GeneratedFile(path=PATH, lines=lines, before=before, newline=newline_of(before))
    )
    if not any(re.search(rf" {APP} \./$", line.text) for line in recipe.copies):
        owner = f"--chown={recipe.uid}:{recipe.uid}"
        text = f"COPY --from={recipe.stages[-1].name} {owner} {APP}/{PATH} ./"
        recipe.copies.append(Line(text=text, rule="F44", evidence=places))
    plain = command.removeprefix("exec ")
    inner = f"sh -c {shlex.quote(with_exec(command))}" if needs_shell(plain) else plain
    return f"sh {PATH} {inner}"
