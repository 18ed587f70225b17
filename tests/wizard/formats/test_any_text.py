"""Whatever text lies in a repository: facts, or a named error with the file; never a traceback."""

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.formats.app_json import read_app_json
from wizard.formats.aptfile import read_aptfile
from wizard.formats.aptible_yml import read_aptible_yml
from wizard.formats.dockerfile import read_dockerfile
from wizard.formats.errors import FormatError
from wizard.formats.heroku_yml import read_heroku_yml
from wizard.formats.node_locks import read_npm_lock, read_pnpm_lock, read_yarn_lock
from wizard.formats.node_range import read_node_range
from wizard.formats.package_json import read_package_json
from wizard.formats.procfile import read_procfile
from wizard.formats.python_project import (
    read_pipfile,
    read_pipfile_lock,
    read_poetry_lock,
    read_pyproject,
    read_uv_lock,
)
from wizard.formats.requirements import read_requirements, requirement
from wizard.formats.runtime_versions import (
    read_node_version,
    read_python_version,
    read_runtime_txt,
    read_tool_versions,
)

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where a line ends in YAML's eyes (1.1, 5.4), of all these formats the one that knows most."""
ROOTS = (requirement("django"),)
READERS: dict[str, Callable[[str], object]] = {
    "app.json": read_app_json,
    "Aptfile": read_aptfile,
    ".aptible.yml": read_aptible_yml,
    "Dockerfile": read_dockerfile,
    "heroku.yml": read_heroku_yml,
    "package-lock.json": read_npm_lock,
    "pnpm-lock.yaml": read_pnpm_lock,
    "yarn.lock": read_yarn_lock,
    "package.json": read_package_json,
    "Procfile": read_procfile,
    "Pipfile": read_pipfile,
    "Pipfile.lock": read_pipfile_lock,
    "poetry.lock": lambda text: read_poetry_lock(text, [r for r in ROOTS if r]),
    "uv.lock": lambda text: read_uv_lock(text, [r for r in ROOTS if r]),
    "pyproject.toml": read_pyproject,
    "requirements.txt": read_requirements,
    ".nvmrc": read_node_version,
    ".python-version": read_python_version,
    "runtime.txt": read_runtime_txt,
    ".tool-versions": read_tool_versions,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "env",
                    "scripts",
                    "buildpacks",
                    "addons",
                    "url",
                    "plan",
                    "dependencies",
                    "engines",
                    "workspaces",
                    "packages",
                    "pnpm",
                    "default",
                    "_meta",
                    "requires",
                    "git",
                    "extras",
                    "build",
                    "docker",
                    "run",
                    "release",
                    "web",
                    "before_deploy",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
TOKENS = st.lists(
    st.sampled_from(
        [
            "web",
            ":",
            " ",
            "\n",
            "\r\n",
            "- ",
            "{",
            "}",
            "[",
            "]",
            '"',
            "'",
            "&a ",
            "*a",
            "!!x ",
            "#",
            "FROM a\n",
            "RUN <<E\n",
            "\\",
            "=",
            "-r ",
            "-e .",
            "python-3.",
            "[project]\n",
            "\x00",
            "\ufeff",
            "dependencies",
            "[[package]]\n",
            'name = "django"\n',
            "2020-13-45",
            "before_deploy:",
        ]
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize("name", READERS)
@given(text=TOKENS | JSON.map(json.dumps) | st.text(max_size=60))
@settings(max_examples=60, deadline=None)
@example(text="[" * 20_000)
@example(text="{a: " * 3_000)
@example(text="a = " + "[" * 5_000)
@example(text="9" * 5_000)
@example(text="")
@example(text='{"packages": {"node_modules/x": 1}, "default": {"x": 3}}')
@example(text='package = "x"\n[project]\ndependencies = "no list"\n')
@example(text='[[package]]\nname = "django"\ndependencies = [1, {}, "x"]\n')
def test_facts_or_a_named_error(name: str, text: str) -> None:
    try:
        READERS[name](text)
    except FormatError as error:
        assert error.path == name
        assert 0 <= error.line <= len(LINE_BREAK.split(text))
        assert error.title.startswith(name)


@given(text=st.text(alphabet="0123456789.xX*<>=^~|-v ", max_size=20))
@settings(max_examples=300, deadline=None)
def test_a_range_of_node_is_read_or_not(text: str) -> None:
    found = read_node_range(text)
    if found is not None:
        for major in (8, 18, 22):
            assert found.tag(major).split(".")[0] == str(major)
