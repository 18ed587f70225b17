"""Manifests of Go, Java, PHP and static sites: the facts in them, or a named error."""

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.formats.composer import read_composer_json, read_composer_lock
from wizard.formats.composer_range import allows
from wizard.formats.errors import FormatError
from wizard.formats.go_mod import read_go_mod
from wizard.formats.gradle_build import read_gradle_build, read_gradle_settings, read_wrapper
from wizard.formats.pom_xml import read_pom
from wizard.formats.static_json import read_static_json
from wizard.formats.system_properties import read_system_properties

WRAPPER = "gradle/wrapper/gradle-wrapper.properties"
READERS: dict[str, Callable[[str], object]] = {
    "go.mod": read_go_mod,
    "system.properties": read_system_properties,
    "pom.xml": read_pom,
    "build.gradle": read_gradle_build,
    "settings.gradle": read_gradle_settings,
    WRAPPER: read_wrapper,
    "composer.json": read_composer_json,
    "composer.lock": read_composer_lock,
    "static.json": read_static_json,
}
KEYS = (
    "require", "require-dev", "scripts", "repositories", "config", "packages", "platform", "name",
    "root", "routes", "headers", "redirects", "proxies", "url", "status", "/**", "ext-gd", "php",
    "clean_urls", "https_only", "error_page", "logging", "compile",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=8,
)
TOKENS = st.lists(
    st.sampled_from([
        "module a\n", "go 1.22\n", "go x\n", "toolchain go1.23\n", "require (\n", ")\n", "=> ./a\n",
        "replace b ", "// +heroku goVersion ", "// +heroku install ./...\n",
        "java.runtime.version", "=", "17", "1.8", "maven.version", "<project>", "</project>",
        "<artifactId>a</artifactId>",
        "<version>${x}</version>", "<properties>", "</properties>", "<!DOCTYPE a>",
        "<!ENTITY a 'b'>",
        "&a;", "&#0;", "<?xml version='1.0' encoding='nonsense'?>", "plugins {\n", "id 'a'\n",
        "}\n",
        "version = '1'\n", "include 'a', ':b:c'\n", "/*", "*/", "//", "'", '"', "distributionUrl=",
        "gradle-8.8-bin.zip\n", "\n", " ", "\x00", "\ud800",
    ]),
    max_size=20,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("name", READERS)
@given(text=TOKENS | JSON.map(json.dumps) | st.text(max_size=60))
@settings(max_examples=60, deadline=None)
@example(text="<a>" * 20_000)
@example(text="[" * 20_000)
@example(text="9" * 5_000)
@example(text="")
@example(text="<?xml version='1.0' encoding='UTF-16'?><project/>")
def test_facts_or_a_named_error(name: str, text: str) -> None:
    try:
        READERS[name](text)
    except FormatError as error:
        assert error.path == name
        assert 0 <= error.line <= text.count("\n") + 1
        assert error.title.startswith(name)


def line_of(read: Callable[[str], object], text: str) -> int:
    with pytest.raises(FormatError) as caught:
        read(text)
    return caught.value.line


def test_errors_say_the_line() -> None:
    assert line_of(read_go_mod, "module a\n\ngo one\n") == 3
    assert line_of(read_go_mod, "module a\nrequire (\n") == 2
    assert line_of(read_system_properties, "# x\njava.runtime.version=newest\n") == 2
    assert line_of(read_pom, "<project>\n<artifactId>a</artifactId>\n</projekt>\n") == 3
    assert line_of(read_pom, '<!DOCTYPE p [<!ENTITY a "b">]>\n<project>&a;</project>') == 1
    assert line_of(read_composer_json, '{\n  "require": {\n    "php": 8\n  }\n}') == 3
    assert line_of(read_composer_lock, '{\n"packages": {}}') == 2
    assert line_of(read_static_json, '{\n"root": "../secrets"}') == 2
    assert line_of(read_static_json, '{"root": "a",\n"headers": {"/": {"X": "a\\nb"}}}') == 2


def test_a_pom_is_resolved_as_maven_resolves_it() -> None:
    text = (
        "<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>3</version>"
        "</parent><artifactId>shop</artifactId><properties><revision>${project.version}</revision>"
        "<java.version>11</java.version></properties>"
        "<build><finalName>${project.artifactId}-${revision}</finalName></build></project>"
    )
    found = read_pom(text)
    assert (found.name, found.release) == ("shop-3", "11")
    assert read_pom(text.replace("${revision}", "${sha1}")).name == ""


@pytest.mark.parametrize(
    ("text", "java"),
    [
        ("17", 17), ("1.8", 8), ("1.8.0_202", 8), ("11.0.2", 11), ("openjdk-21", 21),
        ("zulu-1.8.0_232", 8), ("heroku-17.0.1", 17), ("25", 25),
    ],
)  # fmt: skip
def test_versions_of_java(text: str, java: int) -> None:
    assert read_system_properties(f"java.runtime.version={text}").java == java


@pytest.mark.parametrize(
    ("constraint", "allowed", "refused"),
    [
        ("^8.1", [(8, 1), (8, 4)], [(8, 0), (7, 4)]),
        ("^7.3|^8.0", [(7, 3), (7, 4), (8, 4)], [(7, 2)]),
        (">=7.2.5", [(7, 2), (8, 4)], [(7, 1)]),
        ("~8.1.0 || ~8.2.0", [(8, 1), (8, 2)], [(8, 3), (8, 0)]),
        ("~8.1", [(8, 1), (8, 4)], [(8, 0)]),
        ("8.1.*", [(8, 1)], [(8, 2)]),
        ("8.*", [(8, 0), (8, 4)], [(7, 4)]),
        (">=7.4 <8.4", [(7, 4), (8, 3)], [(8, 4), (7, 3)]),
        (">=7.4,<8.0", [(7, 4)], [(8, 0)]),
        ("7.4 - 8.2", [(7, 4), (8, 2)], [(8, 3)]),
        ("8.2.10", [(8, 2)], [(8, 3)]),
        ("*", [(7, 4), (8, 4)], []),
        ("^8.0 !=8.1.2", [(8, 0), (8, 1)], [(7, 4)]),
    ],
)
def test_constraints_of_composer(
    constraint: str, allowed: list[tuple[int, int]], refused: list[tuple[int, int]]
) -> None:
    assert all(allows(constraint, *minor) for minor in allowed)
    assert not any(allows(constraint, *minor) for minor in refused)


@given(text=st.text(alphabet="0123456789.xX*<>=^~|-v ,!@dev", max_size=20))
@settings(max_examples=200, deadline=None)
def test_a_constraint_is_read_or_not(text: str) -> None:
    assert allows(text, 8, 1) in (True, False, None)
