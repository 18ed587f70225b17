"""Variables without a value in a Compose project: Compose starts without them, so does the move."""

import json
import sys
from pathlib import Path

import pytest

from wizard.__main__ import main

FILE = """
services:
  web:
    image: example/desk:3
    env_file:
      - settings.env
      - {path: literal.env, format: raw}
      - {path: not-there.env, required: false}
    environment:
      ONLY_NAME:
      LISTED_NAME: ~
      EMPTY_ONE: ${NOBODY_SET_IT}
      BY_DEFAULT: ${NOBODY_SET_IT:-http://desk:${DESK_PORT:-3000}}
      WITH_HOLE: http://localhost:$NOBODY_SET_IT
      OF_DOTENV: ${CACHE_URL}
    ports: ["3000:3000"]
  worker:
    image: example/tools:1
    environment:
      LAST: ${NOBODY_SET_IT}
"""

SETTINGS = "CACHE_HOST=cache\nQUEUE=redis://${CACHE_HOST}/2\nNAME_ALONE\nbroken line canary\n"


def project(tmp_path: Path, text: str = FILE) -> None:
    (tmp_path / "compose.yaml").write_text(text)
    (tmp_path / ".env").write_text("CACHE_HOST=cache\nCACHE_URL='redis://cache:6379'\n")
    (tmp_path / "settings.env").write_text(SETTINGS)
    (tmp_path / "literal.env").write_text("LITERAL='$X' # kept\n")


def run(tmp_path: Path, *more: str) -> int:
    return moveday("map", "--source", "compose", "--folder", str(tmp_path), *more)


def moveday(*words: str) -> int:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as left:
        patch.setattr(sys, "argv", ["moveday", *words])
        main()
    return int(left.value.code or 0)


def mapped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, dict[str, object]], dict[str, object]]:
    code = run(tmp_path, "--json", *more)
    out = capsys.readouterr()
    assert "canary" not in out.out + out.err
    told = json.loads(out.out)
    rows = {f"{i['app']}/{i['name']}": i for i in told["items"] if i["group"] == "variables"}
    return code, rows, told


def test_what_compose_leaves_out_stays_out_and_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path)
    code, rows, told = mapped(tmp_path, capsys)
    because = {name: row["because"] for name, row in rows.items()}
    for name in ("ONLY_NAME", "LISTED_NAME", "EMPTY_ONE", "NAME_ALONE"):
        assert (because[f"web/{name}"], rows[f"web/{name}"]["becomes"]) == ("V21", "dropped")
    for name in ("BY_DEFAULT", "OF_DOTENV", "QUEUE", "LITERAL"):
        assert because[f"web/{name}"] == "V9"
    assert because["web/WITH_HOLE"] == "V23"
    assert "waits for NOBODY_SET_IT" in str(rows["web/WITH_HOLE"]["reason"])
    assert (told["questions"], code) == ([], 0)
    offered = {q["question"]["id"]: q["about"] for q in told["offers"]}
    assert offered["unset/worker"] == ["LAST"]
    assert "WITH_HOLE" in offered["unset/web"]
    assert "settings.env:4" in str(told["notes"])


def test_one_row_for_all_of_them_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path)
    run(tmp_path)
    out = capsys.readouterr().out
    assert "4 without a value of web" in out and "answer" in out
    assert out.count("ONLY_NAME") == 1 and "masked" not in out


def test_secrets_without_a_value_are_named_first_and_the_shell_may_hold_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "services:\n  web:\n    image: a:1\n    environment:\n"
    names = ("COLOUR", "APP_SECRET", "SIZE", "SIGNING_KEY")
    project(tmp_path, text + "".join(f"      {name}: ${{{name}}}\n" for name in names))
    _, rows, told = mapped(tmp_path, capsys)
    (offer,) = told["offers"]  # type: ignore[misc]
    assert offer["question"]["text"].endswith("APP_SECRET, SIGNING_KEY, COLOUR, SIZE.")
    assert offer["question"]["why"].endswith("look there for APP_SECRET, SIGNING_KEY")
    assert "the shell that starts Compose may hold one" in str(rows["web/APP_SECRET"]["reason"])
    assert "unset/web" not in str(told["questions"])


def test_a_person_who_names_one_gives_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path)
    answers = tmp_path / "answers.yaml"
    answers.write_text("unset/web: EMPTY_ONE\n")
    code, rows, _ = mapped(tmp_path, capsys, "--answers", str(answers))
    assert (code, rows["web/EMPTY_ONE"]["because"]) == (0, "V24")
    assert rows["web/EMPTY_ONE"]["becomes"] == "given by a person"
    assert rows["web/ONLY_NAME"]["because"] == "V21"
    answers.write_text("unset/web: PORT\n")
    assert run(tmp_path, "--answers", str(answers)) == 2
    assert "PORT: not among the names without a value" in capsys.readouterr().err


def test_what_compose_does_not_start_without_is_one_question(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = "EMPTY_ONE: ${NOBODY_SET_IT:?say where it is}\n      TWO: ${ALSO_NOT?}"
    project(tmp_path, FILE.replace("EMPTY_ONE: ${NOBODY_SET_IT}", wanted))
    code, rows, told = mapped(tmp_path, capsys)
    (waiting,) = told["questions"]  # type: ignore[misc]
    assert waiting["question"]["id"] == "unset/web"
    assert (waiting["about"], code) == (["EMPTY_ONE", "TWO"], 4)
    assert "say where it is" in str(rows["web/EMPTY_ONE"]["reason"])
    answers = tmp_path / "answers.yaml"
    answers.write_text("unset/web: TWO, ONLY_NAME\n")
    code, rows, told = mapped(tmp_path, capsys, "--answers", str(answers))
    assert (code, told["questions"]) == (0, [])
    fates = {name: rows[f"web/{name}"]["becomes"] for name in ("TWO", "ONLY_NAME", "EMPTY_ONE")}
    assert fates == {
        "TWO": "given by a person",
        "ONLY_NAME": "given by a person",
        "EMPTY_ONE": "dropped",
    }


def test_a_folder_with_a_compose_file_alone_is_looked_at_without_any_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path)
    assert moveday("inventory", "--folder", str(tmp_path)) == 0
    assert "2 apps, 0 databases" in capsys.readouterr().out
