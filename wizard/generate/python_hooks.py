"""Node inside a Python build: the repository's hooks may call npm, as on Heroku with two packs."""

from wizard.formats.package_json import read_package_json
from wizard.formats.text_lines import numbered
from wizard.generate.commands import commands
from wizard.generate.node_version import MANIFEST, NodeVersion, base_line, node_version
from wizard.generate.notebook import Notebook
from wizard.generate.recipe import Stage
from wizard.generate.tables.releases import NODE, NODE_DEFAULT
from wizard.model.files import Evidence, Line

PRE, POST = "bin/pre_compile", "bin/post_compile"
_PROGRAMS = frozenset({"node", "npm", "npx", "yarn", "pnpm"})


def node_for_hooks(book: Notebook, stage: Stage) -> Stage | None:
    """The stage that Node is taken from into `stage`; None when no hook calls it."""
    calls = tuple(place for path in (PRE, POST) for place in _calls(book, path))
    if not calls:
        return None
    manifest = book.parsed(MANIFEST, read_package_json)
    default = NodeVersion(
        major=NODE_DEFAULT,
        tag=str(NODE_DEFAULT),
        debian=NODE[NODE_DEFAULT][1],
        evidence=calls,
        confidence="assumed",
    )
    version = (node_version(book, manifest) if manifest else None) or default
    text = "COPY --from=node /usr/local /usr/local"
    stage.tools.append(Line(text=text, rule="F42", evidence=calls))
    if any("yarn" in place.fact.split() for place in calls):
        stage.tools.append(Line(text="COPY --from=node /opt /opt", rule="F42", evidence=calls))
    return Stage(name="node", base=base_line(version, "node"))


def _calls(book: Notebook, path: str) -> list[Evidence]:
    found = []
    for number, line in numbered(book.text(path)):
        if line.lstrip().startswith("#"):
            continue
        for words in commands(line):
            if _PROGRAMS & {words[0]}:
                found.append(Evidence(path=path, line=number, fact=f"calls {words[0]}"))
    return found
