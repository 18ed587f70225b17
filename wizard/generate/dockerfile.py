"""Writes the Dockerfile: a fixed skeleton, filled with a recipe's lines."""

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from wizard.generate.commands import exec_form
from wizard.generate.recipe import APP, Recipe, env_lines
from wizard.model.files import GeneratedFile, Line, newline_of

PATH = "Dockerfile"
HEADING = "# Written by moveday; `moveday files --explain` says why each line is there."


def write_dockerfile(recipe: Recipe, port: int, before: str | None) -> GeneratedFile:
    """The file, each line with its reason. `port` is what the app listens on."""
    written: list[Line] = []

    def mark(line: Line) -> str:
        written.append(line)
        return f"\0{len(written) - 1}\0"

    recipe.env("PORT", str(port), "F14")
    template = _template()
    template.environment.filters["mark"] = mark
    text = template.render(
        heading=Line(text=HEADING, rule=""),
        stages=recipe.stages,
        workdir=Line(text=f"WORKDIR {APP}", rule="F02"),
        base=recipe.base,
        packages=recipe.packages,
        tools=recipe.tools,
        environment=env_lines(recipe.environment),
        user=recipe.user,
        copies=recipe.copies,
        running=_running(recipe, port),
    )
    lines = []
    for row in text.strip("\n").split("\n"):
        bare = row.strip("\0 ")
        lines.append(written[int(bare)] if bare else Line(text=""))
    return GeneratedFile(
        path=PATH, lines=tuple(_single_blanks(lines)), before=before, newline=newline_of(before)
    )


def _running(recipe: Recipe, port: int) -> list[Line]:
    """What holds while the container runs: user, port, and how commands are started."""
    found = [
        Line(text=f"USER {recipe.uid}:{recipe.uid}", rule="F13"),
        Line(text=f"EXPOSE {port}", rule="F14"),
    ]
    if recipe.image_entrypoint:
        found.append(Line(text="ENTRYPOINT []", rule="F15"))
    if recipe.web:
        found.append(
            Line(text=f"CMD {exec_form(recipe.web)}", rule="F16", evidence=recipe.web_evidence)
        )
    return found


def _single_blanks(lines: list[Line]) -> list[Line]:
    return [line for at, line in enumerate(lines) if line.text or (at and lines[at - 1].text)]


@lru_cache(maxsize=1)
def _template() -> Template:
    # A Dockerfile is no HTML; only marks go in, their text is put in place afterwards.
    environment = Environment(  # noqa: S701
        loader=PackageLoader("wizard.generate", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["mark"] = str
    return environment.get_template("Dockerfile.j2")
