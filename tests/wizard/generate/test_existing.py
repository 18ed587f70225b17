"""A Dockerfile that is there is kept: adapted where Aptible would stumble, and checked."""

from pathlib import Path

from tests.wizard.generate.test_traps import EXPRESS, asked, look, said, text_of

CLINIC = Path(__file__).parents[3] / "providers/sandbox/scenarios/acme_clinic/repository"


def test_the_sandboxes_clinic() -> None:
    files = {
        str(path.relative_to(CLINIC)): path.read_text()
        for path in CLINIC.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = look(files)
    assert not asked(found)
    assert {file.path for file in found.changes} == {"Dockerfile", ".dockerignore"}
    dockerfile = found.file("Dockerfile")
    assert dockerfile is not None
    assert dockerfile.diff().splitlines()[2:] == [
        "@@ -1,9 +1,13 @@",
        "+FROM python:3.12-slim AS source",
        "+COPY . /source",
        "+RUN rm -rf /source/.aptible.env /source/.git",
        "+",
        " FROM python:3.12-slim",
        " ",
        " WORKDIR /app",
        " COPY requirements.txt .",
        " RUN pip install --no-cache-dir -r requirements.txt",
        "-COPY . .",
        "+COPY --from=source /source .",
        " ",
        " ENV PORT=3000",
        " EXPOSE 3000",
    ]
    assert "root-user" in said(found)
    assert found.file("Procfile") is not None
    assert not found.file("Procfile").changed  # type: ignore[union-attr]


def test_an_entrypoint_of_the_base_image_is_cleared_where_a_line_needs_a_shell() -> None:
    files = {
        **EXPRESS,
        "Dockerfile": "FROM node:22-slim\r\nWORKDIR /app\r\nCOPY a.js ./\r\nUSER 1000\r\n",
        "Procfile": "web: node a.js --port $PORT\n",
    }
    found = look(files, {"dockerfile": "keep"})
    assert text_of(found).endswith(
        "USER 1000\r\nENV PORT=3000\r\nEXPOSE 3000\r\nENTRYPOINT []\r\n"
        'CMD ["sh", "-c", "exec node a.js --port $PORT"]\r\n'
    )
    assert "root-user" not in said(found)


def test_what_is_wrong_with_a_dockerfile_is_said_and_no_value_repeated() -> None:
    files = {
        **EXPRESS,
        "Dockerfile": (
            "FROM node:latest\nARG DATABASE_URL\nENV API_TOKEN=planted\nCOPY .env ./\n"
            'EXPOSE 80 443\nCMD ["node", "a.js"]\n'
        ),
    }
    found = look(files)
    assert said(found) >= {
        "build-argument",
        "secret-in-dockerfile",
        "secret-copied",
        "several-ports",
        "moving-image",
        "root-user",
    }
    told = [finding.model_dump_json() for finding in found.findings]
    assert not [text for text in told if "planted" in text]


def test_a_dockerfile_for_development_is_a_question() -> None:
    files = {**EXPRESS, "Dockerfile": 'FROM node:22\nCOPY . .\nCMD ["npx", "nodemon", "a.js"]\n'}
    assert "dockerfile" in asked(look(files))
    assert "FROM node:22\n" in text_of(look(files, {"dockerfile": "keep"}))
    assert "AS build" in text_of(look(files, {"dockerfile": "replace"}))
    # On the container stack this very file is what runs.
    assert not asked(look(files, stack="container"))


def test_heroku_yml_names_the_dockerfile() -> None:
    files = {
        **EXPRESS,
        "heroku.yml": "build:\n  docker:\n    web: ops/Dockerfile\n"
        "release:\n  command: [node m.js]\n",
        "ops/Dockerfile": "FROM node:22-slim\nUSER 1000\nEXPOSE 80\n",
    }
    found = look(files)
    assert text_of(found).endswith("ENV PORT=80\n")
    assert text_of(found, ".aptible.yml") == "before_deploy:\n  - node m.js\n"
