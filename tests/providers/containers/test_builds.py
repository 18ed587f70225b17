"""What is seen of an app's build: arguments by name, what is missing, what its Dockerfile names."""

from pathlib import Path

from providers.sources.compose import look
from tests.providers.containers.looked import mapped
from wizard.clock import SYSTEM_CLOCK
from wizard.model.inventory import Inventory

PLANTED = "planted-Lm60-args"


def seen(folder: Path, services: str, *more: str) -> Inventory:
    (folder / "compose.yaml").write_text(f"services:\n{services}")
    for number, text in enumerate(more):
        (folder / f"more-{number}.yaml").write_text(f"services:\n{text}")
    files = [folder / "compose.yaml", *(folder / f"more-{n}.yaml" for n in range(len(more)))]
    return look(folder, tuple(files), (), SYSTEM_CLOCK)[0]


def test_arguments_are_told_by_name(tmp_path: Path) -> None:
    services = (
        f"  web:\n    build: {{context: ., args: {{API_URL: {PLANTED}, TOKEN: $TOKEN}}}}\n"
        f"  docs:\n    build: {{context: ./docs, args: [PAGE={PLANTED}, EMPTY]}}\n"
    )
    found = seen(tmp_path, services)
    assert [app.args for app in found.apps] == [("API_URL", "TOKEN"), ("PAGE", "EMPTY")]
    assert PLANTED not in found.model_dump_json()


def test_what_an_app_is_built_from_and_is_not_there_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    services = (
        "  gone: {build: ./sub}\n  half: {build: {context: there, dockerfile: a/Dockerfile}}\n"
        "  far: {build: 'https://example.org/app.git'}\n"
        "  inline: {build: {context: x, dockerfile_inline: FROM a}}\n"
    )
    found = seen(tmp_path, services)
    assert [app.absent for app in found.apps] == ["./sub", "there/a/Dockerfile", "", ""]
    assert [gap.subject for gap in found.gaps] == ["./sub", "there/a/Dockerfile"]


def test_a_dockerfile_names_the_command(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text('FROM a AS run\nCMD ["x"]\nFROM b AS test\n')
    found = seen(tmp_path, "  web: {build: {context: ., target: run}}\n  test: {build: .}\n")
    assert [app.commanded for app in found.apps] == [True, False]


def test_an_app_is_called_like_what_goes_on_running(tmp_path: Path) -> None:
    services = (
        "  hub-migrate: {image: a, command: migrate, restart: 'no'}\n"
        "  hub:\n    image: a\n    command: serve\n"
        "    depends_on: {hub-migrate: {condition: service_completed_successfully}}\n"
    )
    assert [app.name for app in seen(tmp_path, services).apps] == ["hub"]


def test_a_build_stands_where_it_is_written(tmp_path: Path) -> None:
    base = "  web:\n    image: a\n    build: .\n"
    found = seen(tmp_path, base, "  web:\n    environment: {A: b}\n")
    assert found.apps[0].where == "compose.yaml:4"
    assert seen(tmp_path, base).apps[0].where == "compose.yaml:2"


def test_a_variable_with_a_default_elsewhere_may_be_blank(tmp_path: Path) -> None:
    services = (
        '  web:\n    image: a\n    command: "sh -c \'[ -n \\"${CONF}\\" ] && use $OTHER\'"\n'
        "    volumes: ['${CONF:-./conf.json}:/srv/conf.json']\n"
    )
    [process] = seen(tmp_path, services).processes
    assert (process.blanks, process.waits) == (("CONF",), ("OTHER",))


def test_the_stage_of_a_build_is_mapped_where_a_push_would_build_another(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        "FROM a AS base\nFROM base AS app_dev\nFROM base AS live\n"
    )
    services = (
        "services:\n  web: {build: {context: ., target: app_dev}}\n"
        "  api: {build: {context: ., target: live}}\n"
        "  far: {build: {context: ./gone, target: run}}\n"
    )
    rows = {i.name: i for i in mapped(tmp_path, services).items if i.because == "I12"}
    assert list(rows) == ["stage of web", "stage of far"]
    assert rows["stage of web"].target == (
        "app_dev is by its name for development or tests: name the stage for production;"
        " docker build --platform linux/amd64 --target app_dev, where you build it;"
        " a git push would build the last stage, live"
    )
