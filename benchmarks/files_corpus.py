"""What does `moveday files` make of real repositories, against what was expected of it?

`python benchmarks/files_corpus.py CHECKOUTS [--check] [--only NAME] [--files FOLDER]` runs it on
every checkout OWNER+NAME in the folder CHECKOUTS and prints a Markdown table with totals.
Expectations: files_corpus.yaml (without one, whatever comes out is only shown). `--check` also
builds and boots what an engine can (see `moveday files --help`); `--files` keeps the files.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

MOVEDAY = Path(sys.executable).with_name("moveday")
HADOLINT = Path(sys.executable).with_name("hadolint")
EXPECTED = Path(__file__).with_name("files_corpus.yaml")
JUDGEMENTS = {"build": "built", "boots": "booted", "answers": "answered", "stops": "stopped"}


@dataclass
class Outcome:
    """One repository. `wrong` says in words what is not as expected."""

    repo: str
    main: str = ""
    result: str = ""
    lint: str = ""
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    checked: Mapping[str, str] = field(default_factory=dict)


def look(
    folder: Path, expected: Mapping[str, Any] | None, check: bool, keep: Path | None
) -> Outcome:
    """Run the command on one checkout and hold what comes out against what was expected."""
    found = Outcome(repo=folder.name.replace("+", "/", 1))
    command = [str(MOVEDAY), "files", "--folder", str(folder), "--json"]
    began = time.perf_counter()
    ended = subprocess.run(
        [*command, *(["--check"] if check else [])],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    found.seconds = time.perf_counter() - began
    try:
        document = json.loads(ended.stdout)
    except ValueError:
        found.result = f"exit {ended.returncode}"
        found.wrong.append((ended.stderr.strip().splitlines() or ["no words"])[-1][:120])
        return found
    proposal = document["proposal"]
    found.main = proposal["main"] or "?"
    questions = [question["question"]["id"] for question in proposal["questions"]]
    files = {file["path"]: text_of(file) for file in proposal["files"]}
    if keep is not None:
        for path, text in files.items():
            place = keep / folder.name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
    found.result = "asks " + ", ".join(questions) if questions else "files"
    found.lint = lint(files.get("Dockerfile", "")) if not questions else ""
    found.checked = verdicts(document.get("check"))
    if expected is not None:
        found.wrong = differences(expected, found.main, questions, files)
    return found


def text_of(file: Mapping[str, Any]) -> str:
    """The text of a generated file."""
    return "\n".join(line["text"] for line in file["lines"]) + "\n"


def differences(
    expected: Mapping[str, Any], main: str, questions: Sequence[str], files: Mapping[str, str]
) -> list[str]:
    """What is not as it was written down."""
    wrong = []
    if "main" in expected and expected["main"] != main:
        wrong.append(f"main is {main}, not {expected['main']}")
    if expected["outcome"] == "question":
        if not any(re.search(expected["question"], name) for name in questions):
            wrong.append(f"no question about {expected['question']}")
        return wrong
    if questions:
        return [*wrong, f"asks {', '.join(questions)}"]
    dockerfile, procfile = files.get("Dockerfile", ""), files.get("Procfile", "")
    bases = re.findall(r"^FROM (?:--\S+ )?(\S+)", dockerfile, re.MULTILINE)
    if expected.get("base") and not (bases and bases[-1].startswith(expected["base"])):
        wrong.append(f"base is {bases[-1] if bases else 'missing'}")
    services = dict(re.findall(r"^([\w-]+):\s*(.*)$", procfile, re.MULTILINE))
    if set(services) != set(expected.get("services", services)):
        wrong.append(f"services are {', '.join(sorted(services)) or 'none'}")
    if expected.get("web", "") not in services.get("web", dockerfile):
        wrong.append(f"web is {services.get('web', 'missing')}")
    if expected.get("hook", "") not in files.get(".aptible.yml", ""):
        wrong.append(f"no hook {expected['hook']}")
    wrong += [f"no {part}" for part in expected.get("has", ()) if part not in dockerfile]
    wrong += [f"has {part}" for part in expected.get("not", ()) if part in dockerfile + procfile]
    return wrong


def lint(dockerfile: str) -> str:
    """hadolint's word: "clean", its rules, or why it was not asked."""
    if not dockerfile:
        return ""
    if not HADOLINT.exists():
        return "not checked"
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "Dockerfile"
        path.write_text(dockerfile)
        # DL3008: with a pinned version of a Debian package, its next security fix breaks the build.
        asked = [str(HADOLINT), "--ignore", "DL3008", "--format", "json", str(path)]
        said = subprocess.run(asked, capture_output=True, text=True, check=False)
    rules = sorted({item["code"] for item in json.loads(said.stdout or "[]")})
    return " ".join(rules) or "clean"


def verdicts(check: Mapping[str, Any] | None) -> dict[str, str]:
    """What was said of building, and of booting, answering and stopping the web process."""
    if check is None:
        return {}
    found = {}
    for item in check["checks"]:
        name = JUDGEMENTS.get(item["name"])
        if name is not None and item["process"] in ("", "web", "cmd"):
            reason = item["what"] if item["verdict"] != "ok" else ""
            found[name] = f"{item['verdict']} ({reason[:90]})" if reason else item["verdict"]
    return found


def table(outcomes: Sequence[Outcome], expected: Mapping[str, Mapping[str, Any]]) -> str:
    """The Markdown table and the totals."""
    lines = [
        "| repository | main | outcome | lint | s | as expected |",
        "|---|---|---|---|---|---|",
    ]
    for o in outcomes:
        known = "yes" if not o.wrong else "; ".join(o.wrong)
        known = known if o.repo in expected else "nothing was expected"
        checked = "; ".join(f"{name}: {verdict}" for name, verdict in o.checked.items())
        result = f"{o.result}; {checked}".strip("; ")
        lines.append(f"| {o.repo} | {o.main} | {result} | {o.lint} | {o.seconds:.1f} | {known} |")
    families = [o for o in outcomes if expected.get(o.repo, {}).get("family", "-") != "-"]
    served = [o for o in families if o.result == "files"]
    clean = [o for o in outcomes if o.result == "files" and o.lint == "clean"]
    right = [o for o in outcomes if o.repo in expected and not o.wrong]
    known = [o for o in outcomes if o.repo in expected]
    lines += [
        "",
        f"In the families with a generator: {len(served)} of {len(families)} got files with no"
        f" question open. As expected: {len(right)} of {len(known)}. Lint-clean:"
        f" {len(clean)} of {sum(o.result == 'files' for o in outcomes)}. Longest:"
        f" {max((o.seconds for o in outcomes), default=0):.1f} s.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run over all checkouts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("--check", action="store_true", help="build and boot, with an engine")
    parser.add_argument("--only", default="", help="repositories whose name holds this")
    parser.add_argument("--files", type=Path, default=None, help="keep the generated files here")
    given = parser.parse_args()
    expected = {row["repo"]: row for row in yaml.safe_load(EXPECTED.read_text())}
    folders = sorted(p for p in given.checkouts.iterdir() if p.is_dir() and given.only in p.name)
    outcomes = []
    for folder in folders:
        repo = folder.name.replace("+", "/", 1)
        outcomes.append(look(folder, expected.get(repo), given.check, given.files))
        print(f"{repo}: {outcomes[-1].result}", file=sys.stderr, flush=True)
    print(table(outcomes, expected))


if __name__ == "__main__":
    main()
