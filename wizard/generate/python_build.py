"""The stage that installs a Python app's packages and builds what the buildpack built."""

from wizard.generate.build_hooks import build_hook
from wizard.generate.notebook import Notebook
from wizard.generate.python_hooks import PRE
from wizard.generate.python_package import PythonPackage
from wizard.generate.python_version import base_line
from wizard.generate.recipe import Packages, Stage, copy, run
from wizard.generate.tables.releases import (
    PIPENV,
    POETRY_DEFAULT,
    POETRY_OF_LOCK,
    UV,
)
from wizard.generate.tables.system_packages import PYTHON
from wizard.model.files import Evidence, Line

VENV = "/opt/venv"


def python_stage(book: Notebook, package: PythonPackage, front_end: bool) -> Stage:
    """Install, then the code; the build steps are added by whoever knows them."""
    stage = Stage(name="build", base=base_line(package.version, "build"))
    system(package, stage.packages, 0)
    if package.from_git:
        stage.packages.add(("ca-certificates", "git"), *package.from_git)
    stage.environment += [
        Line(text="ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1", rule="F39"),
        Line(text=f"ENV VIRTUAL_ENV={VENV} PATH={VENV}/bin:$PATH", rule="F38"),
    ]
    stage.tools.append(Line(text=f"RUN python -m venv {VENV}", rule="F38"))
    _install(book, package, stage)
    early = [Evidence(path=package.lock_path, fact=f"installs {f}") for f in package.folders]
    before = build_hook(book, PRE)
    early += [Evidence(path=PRE, fact="runs before the install")] if before else []
    whole = copy(["."], "./", "F06" if early else "F05", *early)
    if front_end:
        whole = Line(text="COPY --from=assets /app ./", rule="F30", evidence=tuple(early))
    if early:
        stage.manifests = [whole]
        stage.install[:0] = before
    else:
        stage.source.append(whole)
    _project(package, stage)
    return stage


def system(package: PythonPackage, packages: Packages, which: int) -> None:
    """Debian packages of the dependencies: `which` 0 for building, 1 for running."""
    for name in sorted(package.packages.keys() & PYTHON.keys()):
        packages.add(PYTHON[name][which], package.place(name))
    psycopg = package.packages.get("psycopg")
    if (
        psycopg is not None
        and "binary" not in psycopg.extras
        and "psycopg-binary" not in package.packages
    ):
        # Pure psycopg finds libpq when it starts; its C part needs the headers too.
        compiled = "c" in psycopg.extras
        build = PYTHON["psycopg-c"][0] if compiled else ()
        packages.add((build, ("libpq5",))[which], package.place("psycopg"))


def _install(book: Notebook, package: PythonPackage, stage: Stage) -> None:
    path = package.lock_path
    place = Evidence(path=path, fact="is installed from")
    private = bool(package.variables)
    extra = [".aptible.env*"] if private else []
    rule = "F11" if private else "F07"
    if package.manager == "pip":
        by_folder: dict[str, list[str]] = {}
        for name in package.files:
            by_folder.setdefault(name.rpartition("/")[0], []).append(name)
        for folder, names in by_folder.items():
            names = [*names, *(extra if not folder else [])]  # noqa: PLW2901
            target = f"./{folder}/" if folder else "./"
            seen = (Evidence(path=name, fact="is read by pip") for name in names)
            stage.manifests.append(copy(names, target, "F05", *seen))
        words = f"pip install -r {path}"
        stage.install.append(run([words], rule, place, *package.variables, configured=private))
        return
    if package.manager == "pipenv":
        stage.tools.append(_tool("pipenv", PIPENV, place))
        stage.manifests.append(copy(["Pipfile", path], "./", "F05", place))
        words = "/opt/pipenv/bin/pipenv install --deploy --ignore-pipfile"
        stage.environment.append(Line(text="ENV PIPENV_VERBOSITY=-1", rule="F07"))
        stage.install.append(run([words], "F07", place))
        return
    stage.manifests.append(copy(["pyproject.toml", path], "./", "F05", place))
    if package.manager == "poetry":
        made = next(
            (line for line in book.text(path).split("\n") if line.startswith("lock-version")), ""
        )
        version = package.tool or POETRY_OF_LOCK.get(made.partition('"')[2][:3], POETRY_DEFAULT)
        fact = f"was made by Poetry {version}" if package.tool else "is for this Poetry"
        stage.tools.append(_tool("poetry", version, Evidence(path=path, line=1, fact=fact)))
        words = "/opt/poetry/bin/poetry install --only main --no-root --no-interaction"
        stage.install.append(run([words], "F07", place))
        return
    wanted = package.pyproject.uv_version if package.pyproject else ""
    exact = wanted.removeprefix("==").strip()
    version = exact if exact.replace(".", "").isdigit() and "=" not in exact else UV
    stage.tools.append(_tool("uv", version, place))
    stage.environment += [
        Line(text=f"ENV UV_PROJECT_ENVIRONMENT={VENV}", rule="F07"),
        Line(text="ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy", rule="F07"),
    ]
    words = "/opt/uv/bin/uv sync --locked --no-dev --no-install-project"
    stage.install.append(run([words], "F07", place))


def _project(package: PythonPackage, stage: Stage) -> None:
    """A package of its own (with a build system) is installed once its code is there."""
    project = package.pyproject
    if project is None or not project.buildable or package.manager != "uv":
        return
    place = Evidence(path="pyproject.toml", fact="has a build-system: the app is a package")
    stage.build.append(run(["/opt/uv/bin/uv sync --locked --no-dev --no-editable"], "F07", place))


def _tool(name: str, version: str, place: Evidence) -> Line:
    """A tool in a place of its own: its packages never meet the app's."""
    steps = [f"python -m venv /opt/{name}", f"/opt/{name}/bin/pip install {name}=={version}"]
    return run(steps, "F07", place)
