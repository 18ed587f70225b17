"""No secret of a project leaves memory: every way out of inventory, map and files is searched."""

import base64
import sys
from pathlib import Path

import pytest

from tests.journeys.secret_search import files_below, search
from tests.providers.registry.server import SmallRegistry, serving
from wizard.__main__ import main

SECRETS = {
    "password": "Zq7#planted-database",
    "account key": "planted+Account/Key8x==",
    "signature": "planted%2BSignature%2F5k%3D",
    "secret file": "planted-session-9Kf2",
    "key in a command": "planted-command-3Tt8",
    "registry": "planted-registry-6Jw4",
}
ANSWERS = "entrypoint/web: none\nuser/web: root\ncommand/web: 'sh -c \"exec serve $KEY\"'\n"


def project(folder: Path, host: str) -> None:
    signed = f"sv=2022-11-02&se=2031-01-01&sig={SECRETS['signature']}"
    (folder / "compose.yaml").write_text(
        "services:\n  web:\n"
        f"    image: {host}/clinic:1\n    command: serve ${{KEY}}\n    secrets: [session]\n"
        "    environment:\n      DB_HOST: clinic-pg.postgres.database.azure.com\n"
        f"      DB_USER: clinic@clinic-pg\n      DB_PASSWORD: '{SECRETS['password']}'\n"
        "      FILES: DefaultEndpointsProtocol=https;AccountName=clinicfiles;"
        f"AccountKey={SECRETS['account key']}\n"
        f"      REPORTS: https://clinicreports.blob.core.windows.net/r?{signed}\n"
        "  worker:\n"
        f"    image: {host}/clinic:1\n    command: work\n"
        "secrets: {session: {file: ./session.txt}}\n"
    )
    (folder / ".env").write_text(f"KEY={SECRETS['key in a command']}\n")
    (folder / "session.txt").write_text(SECRETS["secret file"])
    (folder / "answers.yaml").write_text(ANSWERS)


def test_no_secret_of_a_project_on_any_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[tuple[str, bytes]] = []

    def run(*words: str) -> int:
        monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_USERNAME", "puller")
        monkeypatch.setenv("APTIBLE_PRIVATE_REGISTRY_PASSWORD", SECRETS["registry"])
        monkeypatch.setattr(sys, "argv", ["moveday", *words])
        with pytest.raises(SystemExit) as left:
            main()
        out = capsys.readouterr()
        said.append((" ".join(words), (out.out + out.err).encode()))
        return int(left.value.code or 0)

    monkeypatch.chdir(tmp_path)
    with serving(SmallRegistry(("puller", SECRETS["registry"]))) as registry:
        registry.push("clinic", "1", "linux/amd64")
        project(tmp_path, registry.host)
        given = {name for name, _ in files_below(tmp_path)}
        answers = ("--answers", "answers.yaml")
        expected: dict[tuple[str, ...], int] = {
            ("inventory", "--source", "compose"): 0,
            ("inventory", "--source", "compose", "--json"): 0,
            ("map",): 4,
            ("map", "--json"): 4,
            ("files",): 4,
            ("files", "--explain", "--json", *answers): 0,
            ("files", "--check", "--json", *answers): 0,
            ("files", "--check", *answers): 0,
            ("files", "--write", "--yes", *answers): 0,
        }
        for words, code in expected.items():
            assert run(*words) == code, (words, said[-1])
        pair = base64.b64encode(f"puller:{SECRETS['registry']}".encode()).decode()
        secrets = {**SECRETS, "pair": pair}
        secrets |= {f"token {n}": token for n, token in enumerate(registry.tokens)}
        assert registry.tokens
    written = [(name, body) for name, body in files_below(tmp_path) if name not in given]
    assert {name for name, _ in written} >= {"aptible/web/Dockerfile", ".moveday/looked.json"}
    assert search(secrets, [*said, *written]) == []
    assert search(secrets, [("the project itself", (tmp_path / "compose.yaml").read_bytes())])
