"""What buildpacks did in silence is done by the image: hooks, Aptfile, .profile, corpora, Node."""

import pytest

from tests.wizard.generate.repositories import DJANGO, manifest, npm_lock
from tests.wizard.generate.test_traps import EXPRESS, FLASK, asked, look, said, text_of

WEB = {"Procfile": "web: gunicorn a:b\n"}


def test_node_is_there_for_hooks_that_call_it() -> None:
    hooks = {"bin/pre_compile": "# npm\nnpm -g install yuglify\n", "bin/post_compile": "yarn b\n"}
    found = look({**FLASK, **WEB, **hooks, ".nvmrc": "20"})
    text = text_of(found)
    assert text.splitlines()[1] == "FROM node:24-bookworm-slim AS node"
    assert "COPY --from=node /usr/local /usr/local\nCOPY --from=node /opt /opt\n" in text
    # Before the packages, as there; so the code is copied first.
    order = [text.index(x) for x in ("COPY . ./", "bash bin/pre_compile", "pip install -r")]
    assert order == sorted(order)
    assert text.index("bash bin/post_compile") > order[-1]
    plain = look({**FLASK, **WEB, "bin/post_compile": "python x.py\n"})
    assert "node" not in text_of(plain)


def test_a_front_end_beside_python_is_built_first_and_handed_over() -> None:
    package = {
        "package.json": manifest(scripts={"build": "vite build"}, devDependencies={"vite": "5"}),
        "package-lock.json": npm_lock("vite"),
    }
    for back in (FLASK, {**DJANGO, **FLASK}):
        text = text_of(look({**back, **WEB, **package}))
        assert "AS assets\n" in text
        assert "RUN npm run build\n" in text
        assert "COPY --from=assets /app ./\n" in text
    local = {**FLASK, "requirements.txt": "-e ./clinic\ngunicorn\n", "clinic/setup.py": ""}
    text = text_of(look({**local, **WEB, **package}))
    assert text.index("COPY --from=assets") < text.index("pip install -r")


def test_the_scripts_of_a_node_build_in_their_order() -> None:
    names = ("heroku-prebuild", "heroku-postbuild", "heroku-cleanup", "build")
    scripts = {**{name: f"node {name}.js" for name in names}, "start": "node server.js"}
    text = text_of(look({**EXPRESS, "package.json": manifest(scripts=scripts)}))
    places = [text.index(x) for x in ("heroku-prebuild", "npm install", *names[1:3])]
    assert places == sorted(places)
    assert "npm run build" not in text


def test_corpora_of_nltk_are_in_the_image() -> None:
    text = text_of(look({**FLASK, **WEB, "nltk.txt": "punkt\nstopwords\n"}))
    assert "RUN xargs python -m nltk.downloader -d /opt/nltk_data < nltk.txt\n" in text
    assert "COPY --from=build /opt/nltk_data /opt/nltk_data\n" in text
    assert "ENV NLTK_DATA=/opt/nltk_data\n" in text


@pytest.mark.parametrize(
    ("files", "read"),
    [
        ({".profile": "export A=1\n"}, ". ./.profile; "),
        ({".profile": "PATH=$HOME/bin:$PATH\n"}, "export HOME=/app; . ./.profile; "),
        (
            {".profile": "", ".profile.d/a.sh": "", ".profile.d/b.txt": ""},
            ". ./.profile.d/a.sh; . ./.profile; ",
        ),
    ],
)
def test_profile_is_read_before_every_command(files: dict[str, str], read: str) -> None:
    procfile = {"Procfile": "web: gunicorn a:b\nrelease: flask db upgrade\n"}
    found = look({**FLASK, **procfile, **files})
    assert text_of(found, "Procfile") == f"web: exec bash -c '{read}exec gunicorn a:b'\n"
    assert f"bash -c ''{read}flask db upgrade''" in text_of(found, ".aptible.yml").replace(
        "'", "''"
    )


def test_an_aptfile_by_names_addresses_and_repositories() -> None:
    aptfile = (
        "ffmpeg libpq-dev\nlibodd-dev\nhttps://x.example/wk_1.0-1.jammy_amd64.deb\n"
        ":repo:deb https://ppa.example jammy main\n"
    )
    found = look({**FLASK, **WEB, "Aptfile": aptfile})
    assert asked(found) == {"aptfile:4"}
    answered = look({**FLASK, **WEB, "Aptfile": aptfile}, {"aptfile:4": "leave-out"})
    _, build, final = text_of(answered).split("\nFROM ")
    assert "libodd-dev" in build
    assert "libpq-dev" in build
    wanted = ["ca-certificates", "curl", "ffmpeg", "libodd-dev", "libpq5"]
    assert " \\\n        ".join(wanted) in final
    assert "curl -fsSL -o /tmp/aptfile-3.deb 'https://x.example/wk_1.0-1.jammy_amd64.deb'" in final
    assert "aptfile-archive" in said(answered)
    without = look(
        {**FLASK, **WEB, "Aptfile": aptfile}, {"aptfile:3": "leave-out", "aptfile:4": "leave-out"}
    )
    assert "curl" not in text_of(without)
    odd = look({**FLASK, **WEB, "Aptfile": "https://x.example/a'b$(c).deb\n"})
    assert asked(odd) == {"aptfile:1"}


def test_a_wrapper_that_was_copied_from_its_buildpack_goes() -> None:
    files = {
        **FLASK,
        "bin/start-nginx": "#!/bin/sh\necho 'buildpack=nginx at=start'\n",
        "gunicorn.conf": "bind = 'unix:///tmp/nginx.socket'\n",
        "Procfile": "web: bin/start-nginx gunicorn -c gunicorn.conf a:b\n",
    }
    wanted = "web: exec gunicorn -c gunicorn.conf a:b --bind 0.0.0.0:$PORT\n"
    assert text_of(look(files), "Procfile") == wanted
