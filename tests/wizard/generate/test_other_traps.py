"""Things that real Go, PHP and static repositories hold and a generator falls into: each once."""

import pytest

from tests.wizard.generate.other_repositories import (
    GO,
    LARAVEL,
    MAIN,
    OTHERS,
    Files,
    composer,
    composer_lock,
    node,
    npm_lock,
)
from tests.wizard.generate.test_traps import asked, base_of, look, said, text_of


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("module a/b\ngo 1.22\n", "1.22-bookworm"),
        ("module a/b\ngo 1.22\ntoolchain go1.24.3\n", "1.24-bookworm"),
        ("module a/b\n// +heroku goVersion go1.23\ngo 1.22\n", "1.23-bookworm"),
        ("module a/b\n// +heroku goVersion 1.20\ngo 1.24\n", "1.24-bookworm"),
        ("module a/b\ngo 1.16\n", "1.16-bullseye"),
        ("module a/b\ngo 1.10\n", "1.25-bookworm"),
        ("module a/b\n", "1.25-bookworm"),
    ],
)
def test_versions_of_go(text: str, tag: str) -> None:
    found = look({"go.mod": text, "main.go": MAIN})
    assert f"FROM golang:{tag} AS build\n" in text_of(found)
    assert text_of(found, "Procfile") == "web: exec b\n"


def test_several_programs_without_a_procfile_are_a_question() -> None:
    files = {"go.mod": "module a/b\ngo 1.25\n", "cmd/api/main.go": MAIN, "cmd/tool/main.go": MAIN}
    found = look(files)
    assert asked(found) == {"web-command"}
    assert found.questions[0].question.choices == ("api", "tool")
    assert "-o bin/ ./cmd/api ./cmd/tool\n" in text_of(look(files, {"web-command": "api"}))


def test_a_program_that_nothing_builds_is_a_question() -> None:
    files = {**GO, "Procfile": "web: bin/server\n"}
    assert asked(look(files)) == {"go-program:web"}
    assert text_of(look(files, {"go-program:web": "clinic"}), "Procfile") == "web: exec clinic\n"


def test_c_is_compiled_only_where_a_module_needs_it() -> None:
    assert "CGO_ENABLED=0" in text_of(look(GO))
    vips = GO["go.mod"].replace("lib/pq v1.10.9", "davidbyttow/govips/v2 v2.1.0")
    found = text_of(look({**GO, "go.mod": vips}))
    assert "CGO_ENABLED" not in found
    assert "        libvips-dev \\\n" in found
    assert "        libvips42 \\\n" in found
    own = look({**GO, "c.go": 'package main\n\nimport "C"\n'})
    assert "go-own-c" in said(own)


def test_files_that_are_no_part_of_the_build_are_not_looked_at() -> None:
    files = {
        **GO,
        "gen.go": f"//go:build ignore\n\n{MAIN}",
        "main_test.go": MAIN,
        "testdata/x/main.go": MAIN,
        "_old/main.go": MAIN,
        "heroku.go": "//go:build heroku\n\npackage main\n",
    }
    assert "go build -tags heroku -o bin/ .\n" in text_of(look(files))


def test_sums_that_are_missing_are_a_question() -> None:
    files = {path: text for path, text in GO.items() if path != "go.sum"}
    assert asked(look(files)) == {"go-sum"}


def test_go_from_before_modules_is_a_question_with_its_version() -> None:
    godeps = '{\n  "ImportPath": "a/b",\n  "GoVersion": "go1.9"\n}\n'
    found = look({"Godeps/Godeps.json": godeps, "main.go": MAIN, "Procfile": "web: b\n"})
    assert asked(found) == {"go-not-modules"}
    assert "Godeps/Godeps.json:3 GoVersion go1.9" in [str(e) for e in found.questions[0].found]


def test_php_has_the_newest_release_that_every_locked_package_allows() -> None:
    assert base_of(look(LARAVEL)) == "php:8.3-apache-bookworm"
    old = {**LARAVEL, "composer.json": composer(require={"php": "~7.4.0"})}
    old["composer.lock"] = composer_lock({"name": "a/b", "require": {"php": ">=7.1"}})
    found = look(old)
    assert base_of(found) == "php:7.4-apache-bullseye"
    assert "php-eol" in said(found)
    gone = look({**old, "composer.json": composer(require={"php": "~5.6.0"})})
    assert asked(gone) >= {"php-version"}


def test_laravel_without_a_procfile_serves_its_public_folder() -> None:
    found = look(LARAVEL)
    assert "ENV DOCUMENT_ROOT=/app/public\n" in text_of(found)
    assert "config:cache" not in text_of(found)


@pytest.mark.parametrize(
    ("command", "root"),
    [
        ("heroku-php-apache2 web/", "/app/web"),
        ("vendor/bin/heroku-php-apache2", "/app"),
        ("heroku-php-apache2 ./public", "/app/public"),
        ("php artisan serve --host 0.0.0.0 --port $PORT", "/app/public"),
        ("php -S 0.0.0.0:$PORT -t public/", "/app/public"),
    ],
)
def test_document_roots(command: str, root: str) -> None:
    found = look({**LARAVEL, "Procfile": f"web: {command}\n"})
    assert f"ENV DOCUMENT_ROOT={root}\n" in text_of(found)
    assert text_of(found, "Procfile") == "web: exec apache2-foreground\n"


def test_what_runs_before_the_server_stays() -> None:
    procfile = "web: php artisan config:cache && vendor/bin/heroku-php-apache2 public/\n"
    found = look({**LARAVEL, "Procfile": procfile})
    assert text_of(found, "Procfile") == (
        "web: php artisan config:cache && exec apache2-foreground\n"
    )


def test_a_whole_configuration_of_the_server_is_a_question() -> None:
    files = {**LARAVEL, "httpd.conf": "", "Procfile": "web: heroku-php-apache2 -c httpd.conf\n"}
    assert asked(look(files)) == {"php-server-config"}
    missing = {**LARAVEL, "Procfile": "web: heroku-php-nginx -C none.conf public/\n"}
    assert asked(look(missing)) == {"php-server-config"}


def test_no_lock_no_code_and_unknown_extensions_are_questions() -> None:
    files = {path: text for path, text in LARAVEL.items() if path != "composer.lock"}
    assert asked(look(files)) == {"php-no-lock"}
    assert asked(look({"Procfile": "web: x\n"}, buildpacks=["heroku/php"])) == {"php-no-composer"}
    need = composer(require={"php": "^8.1", "ext-acme": "*"})
    assert asked(look({"composer.json": need, "index.php": ""})) == {"php-extension:acme"}


def test_private_packages_of_composer_read_the_configuration() -> None:
    text = text_of(look(LARAVEL, variables={"COMPOSER_AUTH"}))
    assert "COPY composer.json composer.lock .aptible.env* ./\n" in text
    assert "set +a; fi \\\n    && composer install" in text


def test_proxies_and_unknown_keys_of_static_json_are_questions() -> None:
    proxied = '{"root": "site", "proxies": {"/api/": {"origin": "${API}"}}}'
    files: Files = {"site/index.html": "", "static.json": proxied}
    assert asked(look(files)) == {"static-proxies"}
    files["static.json"] = '{"root": "site", "basic_auth": true}'
    assert asked(look(files)) == {"static-key:basic_auth"}
    assert not asked(look(files, {"static-key:basic_auth": "leave-out"}))
    files["static.json"] = '{"root": "elsewhere"}'
    assert asked(look(files)) == {"static-root"}


def front(**more: object) -> Files:
    """A front end made with Vite."""
    fields: dict[str, object] = {
        "engines": {"node": "22.x"},
        "scripts": {"build": "vite build", "start": "vite"},
        "devDependencies": {"vite": "^5"},
        **more,
    }
    return {"package.json": node(**fields), "package-lock.json": npm_lock("vite")}


def test_a_front_end_with_a_server_stays_with_node() -> None:
    found = look({
        **front(dependencies={"express": "^4"}, scripts={"build": "vite build", "start": "node s"}),
        "s.js": "",
    })  # fmt: skip
    assert base_of(found).startswith("node:")
    worker = look({**front(), "Procfile": "web: npm start\nworker: node w.js\n"})
    assert asked(worker) == {"development-server:web"}


def test_a_development_server_that_hands_requests_on_is_a_question() -> None:
    config = "export default { server: {\n  proxy: { '/api': 'http://x' } } }\n"
    found = look({**front(), "vite.config.js": config})
    assert asked(found) == {"static-proxy"}
    assert str(found.questions[0].found[0]) == "vite.config.js:2 proxy"


def test_angular_says_where_it_builds_to() -> None:
    angular = (
        '{"projects": {"desk": {"architect": {"build": {\n'
        '"builder": "@angular-devkit/build-angular:application",\n"options": {}}}}}}'
    )
    scripts = {"build": "ng build", "start": "ng serve"}
    found = look({**front(scripts=scripts), "angular.json": angular})
    assert "/app/dist/desk/browser ./dist/desk/browser\n" in text_of(found)
    assert "broken:angular.json" in asked(look({**front(scripts=scripts), "angular.json": "{"}))


def test_an_open_range_is_narrowed_by_what_the_packages_were_chosen_for() -> None:
    fields = {"require": {"php": ">=7.2"}, "config": {"platform": {"php": "7.4.33"}}}
    found = look({"composer.json": composer(**fields), "index.php": ""})
    assert base_of(found) == "php:7.4-apache-bullseye"
    assert "php-open-range" in said(found)
    del fields["config"]
    found = look({"composer.json": composer(**fields), "index.php": ""})
    assert base_of(found) == "php:8.5-apache-bookworm"


def test_packages_that_lie_in_the_repository_are_there_when_they_are_installed() -> None:
    own = [{"type": "path", "url": "./packages/own"}]
    fields = {"require": {"php": "^8.2"}, "repositories": own}
    text = text_of(look({"composer.json": composer(**fields), "index.php": ""}))
    assert text.count("COPY . ./\n") == 1
    assert text.index("COPY . ./\n") < text.index("composer install")


def test_a_front_end_script_that_heroku_never_ran_is_said() -> None:
    package = node(scripts={"production": "mix --production"}, devDependencies={"laravel-mix": "6"})
    found = look({**LARAVEL, "package.json": package})
    assert "front-end-not-built" in said(found)
    assert "FROM node" not in text_of(found)


def test_the_buildpack_of_create_react_app_needs_no_static_json() -> None:
    files = {path: t for path, t in OTHERS["static-built"].items() if path != "static.json"}
    found = look(files, buildpacks=["mars/create-react-app"])
    assert found.main == "static"
    assert "/app/build ./build\n" in text_of(found)
    assert 'try_files $uri $uri/ "/index.html";' in text_of(found, "docker-nginx.conf")


def test_a_site_list_of_buildpacks_makes_node_the_helper() -> None:
    packs = ["heroku/nodejs", "https://github.com/heroku/heroku-buildpack-static"]
    found = look(OTHERS["static-built"], buildpacks=packs)
    assert (found.main, found.helpers) == ("static", ("node",))
