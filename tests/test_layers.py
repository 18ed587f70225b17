"""The house's rules, read from the syntax trees: who may import whom, who may consent, how long."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("wizard", "providers", "screens")
OUTSIDE_CLIENTS = frozenset(
    {"textual", "rich", "click", "httpx", "psycopg", "dns", "keyring", "asyncssh", "dulwich"}
)
SERVERS = frozenset({"starlette", "uvicorn", "websockets", "fakeredis"})
# Modules that reach files, processes or the network: pure rules have no use for them.
REACHING_OUT = frozenset(
    {"socket", "subprocess", "asyncio", "shutil", "tempfile", "sqlite3", "ssl"}
)


@dataclass(frozen=True)
class Layer:
    """What modules below `where` may import: our own packages and third-party ones by name."""

    where: tuple[str, ...]
    own: tuple[str, ...]
    others: frozenset[str] | None
    """None: any third-party package that is not in `never`."""
    never: frozenset[str] = frozenset()


FACTS = (
    *("wizard.model", "wizard.ports", "wizard.safety"),
    *("wizard.clock", "wizard.errors", "wizard.acts"),
)
PURE = ("wizard.rules", "wizard.formats", "wizard.generate", "wizard.forecast")
ACTING = ("wizard.steps", "wizard.runbook", "wizard.engine", "wizard.reports", "wizard.help")
CLIENT = ("wizard.model", "wizard.formats", "wizard.ports", "wizard.safety", "wizard.clock")

# pydantic goes wherever the model goes: SecretStr and BaseModel are words of the model's language.
# The first layer whose `where` matches a module counts.
LAYERS = (
    Layer(
        ("wizard.errors", "wizard.exits", "wizard.clock", "wizard.acts"),
        ("wizard.exits", "wizard.errors", "wizard.acts"),
        frozenset(),
    ),
    Layer(("wizard.safety",), ("wizard.safety", "wizard.errors", "wizard.acts"), frozenset()),
    Layer(
        ("wizard.model", "wizard.ports"),
        FACTS,
        frozenset({"pydantic"}),
        REACHING_OUT,
    ),
    Layer(
        PURE,
        (*PURE, "wizard.model", "wizard.safety", "wizard.errors", "wizard.acts"),
        frozenset({"jinja2", "yaml", "pydantic"}),
        REACHING_OUT,
    ),
    Layer(
        ACTING,
        (*ACTING, *PURE, *FACTS, "wizard.__version__"),
        frozenset({"pydantic", "pydantic_core", "yaml", "jinja2"}),
    ),
    Layer(("wizard.cli",), ("wizard",), frozenset({"click", "pydantic"})),
    Layer(("wizard.__main__",), ("wizard", "providers", "screens"), None),
    Layer(("wizard.joins",), ("wizard", "providers"), None),
    Layer(
        ("providers.sandbox",),
        ("providers.sandbox", "providers.process", "providers.bundled_postgres"),
        None,
        frozenset({"textual", "click", "keyring"}),
    ),
    Layer(
        ("providers",),
        (*CLIENT, "wizard.errors", "wizard.acts", "providers"),
        None,
        frozenset({"textual", "rich", "click"}) | SERVERS,
    ),
    Layer(("screens",), ("wizard", "screens"), frozenset({"textual", "rich"})),
    Layer(("wizard",), (), frozenset()),
)


@dataclass(frozen=True)
class Module:
    """One source file of ours, parsed; `nodes` are all those of its tree."""

    name: str
    path: Path
    tree: ast.Module
    nodes: tuple[ast.AST, ...]


def modules(*packages: str) -> list[Module]:
    return [module for package in packages or PACKAGES for module in modules_of(package)]


@cache
def modules_of(package: str) -> list[Module]:
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        tree = ast.parse(path.read_text(), str(path))
        found.append(Module(name, path, tree, tuple(ast.walk(tree))))
    return found


def inside(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that `module` imports, also inside functions."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.path}:{node.lineno}: relative import"
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def layer_of(name: str) -> Layer:
    return next(layer for layer in LAYERS if inside(name, layer.where))


def test_every_import_is_allowed() -> None:
    wrong = []
    for module in modules():
        layer = layer_of(module.name)
        for line, name in imports(module):
            top = name.partition(".")[0]
            place = f"{module.path.relative_to(ROOT)}:{line}: imports {name}"
            if top in PACKAGES:
                if not inside(name, layer.own):
                    wrong.append(place)
            elif top in layer.never or (
                top not in sys.stdlib_module_names
                and layer.others is not None
                and top not in layer.others
            ):
                wrong.append(place)
    assert not wrong, "\n".join(wrong)


def test_the_sandbox_is_known_to_main_and_tests_only() -> None:
    wrong = [
        f"{module.path.relative_to(ROOT)}:{line}: imports {name}"
        for module in modules()
        if not inside(module.name, ("providers.sandbox", "wizard.__main__"))
        for line, name in imports(module)
        if name.startswith("providers.sandbox")
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_joined_is_known_to_main_and_tests_only() -> None:
    wrong = [
        f"{module.path.relative_to(ROOT)}:{line}: imports {name}"
        for module in modules()
        if not inside(module.name, ("wizard.joins", "wizard.__main__"))
        for line, name in imports(module)
        if name.startswith("wizard.joins")
    ]
    assert not wrong, "\n".join(wrong)


def test_providers_of_different_kinds_do_not_know_each_other() -> None:
    kinds = ("providers.sources", "providers.targets", "providers.databases")
    wrong = []
    for module in modules("providers"):
        parts = module.name.split(".")
        if not inside(module.name, kinds) or len(parts) < 3:
            continue
        home = ".".join(parts[:3])
        for line, name in imports(module):
            # What lies beside the folders is shared by its kind.
            shared = inside(name, (".".join(parts[:2]),)) and not is_folder(name)
            if inside(name, kinds) and not inside(name, (home,)) and not shared:
                wrong.append(f"{module.path.relative_to(ROOT)}:{line}: imports {name}")
    assert not wrong, "\n".join(wrong)


def is_folder(name: str) -> bool:
    """Whether an import reaches into a provider's folder, such as providers.sources.heroku."""
    return (ROOT / Path(*name.split(".")[:3])).is_dir()


def test_only_the_acting_side_gives_consent() -> None:
    givers = ("wizard.engine", "wizard.runbook", "wizard.steps", "wizard.cli", "wizard.safety")
    wrong = []
    for module in modules():
        if inside(module.name, givers):
            continue
        for node in module.nodes:
            if isinstance(node, ast.ImportFrom) and node.module == "wizard.safety.consent":
                names = {alias.name for alias in node.names} & {"grant", "*"}
                if names:
                    wrong.append(f"{module.path.relative_to(ROOT)}:{node.lineno}: imports grant")
            elif isinstance(node, ast.Call) and called(node) in ("grant", "Consent"):
                wrong.append(f"{module.path.relative_to(ROOT)}:{node.lineno}: makes a consent")
    assert not wrong, "\n".join(wrong)


def called(node: ast.Call) -> str:
    target = node.func
    if isinstance(target, ast.Name):
        return target.id
    return target.attr if isinstance(target, ast.Attribute) else ""


@pytest.mark.parametrize("package", ["wizard.steps", "wizard.runbook", "wizard.engine"])
def test_the_engine_starts_without_clients_or_screens(package: str) -> None:
    program = f"""
import importlib, pathlib, pkgutil, sys
package = importlib.import_module({package!r})
for found in pkgutil.walk_packages(package.__path__, {package!r} + "."):
    importlib.import_module(found.name)
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert not loaded & (OUTSIDE_CLIENTS | SERVERS | {"providers", "screens"})


def test_files_stay_short() -> None:
    long = [
        f"{module.path.relative_to(ROOT)}: {lines} lines, at most {cap}"
        for module in modules()
        if (lines := len(module.path.read_text().splitlines()))
        > (cap := 200 if module.name == "screens.app" else 400)
    ]
    assert not long, "\n".join(long)


def test_files_are_named_after_their_subject() -> None:
    vague = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"}
    wrong = [
        str(module.path.relative_to(ROOT))
        for module in modules()
        if vague & set(module.path.stem.split("_"))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_module_says_what_it_is_for() -> None:
    wrong = [
        str(module.path.relative_to(ROOT))
        for module in modules()
        if module.path.name != "__init__.py" and not ast.get_docstring(module.tree)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("name", "value"), [("shell", True), ("verify", False)])
def test_no_shell_and_no_blind_trust(name: str, value: bool) -> None:
    wrong = [
        f"{module.path.relative_to(ROOT)}:{node.lineno}: {name}={value}"
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == name
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is value
    ]
    assert not wrong, "\n".join(wrong)


MODES = frozenset({"rehearsal", "live"})


def decisions(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every expression on which the course of the program depends."""
    for node in nodes:
        if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
            yield node.test
        elif isinstance(node, ast.Compare | ast.BoolOp | ast.match_case):
            yield node
        elif isinstance(node, ast.Match):
            yield node.subject
        elif isinstance(node, ast.comprehension):
            yield from node.ifs
        elif isinstance(node, ast.Dict):
            yield from (key for key in node.keys if key is not None)
        elif isinstance(node, ast.Subscript):
            yield node.slice


def knows_the_mode(expression: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "mode")
        or (isinstance(node, ast.Name) and node.id == "mode")
        or (isinstance(node, ast.Constant) and node.value in MODES)
        for node in ast.walk(expression)
    )


def test_the_runbook_does_not_branch_on_the_mode() -> None:
    """Rehearsal and live are the same tasks on other targets; only the stage knows which."""
    wrong = {
        f"{module.path.relative_to(ROOT)}:{getattr(expression, 'lineno', '?')}"
        for module in modules("wizard")
        if inside(module.name, ("wizard.runbook",)) and "stage" not in module.path.stem
        for expression in decisions(module.nodes)
        if knows_the_mode(expression)
    }
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize(
    "text",
    [
        "if stage.mode == 'live': pass",
        "x = 1 if run.mode else 2",
        "x = {'rehearsal': 1}[kind]",
        "x = [t for t in tasks if kind != 'live']",
        "match kind:\n    case 'live': pass",
        "while not mode: pass",
    ],
)
def test_the_search_for_branches_finds_them(text: str) -> None:
    assert any(knows_the_mode(expression) for expression in decisions(ast.walk(ast.parse(text))))
