"""What real Ruby repositories hold and a generator falls into: each once."""

import re
from datetime import date

import pytest

from tests.wizard.generate.ruby_repositories import (
    BASE,
    RAILS,
    RUBY_REPOSITORIES,
    Files,
    gemfile,
    lock,
    manifest,
)
from tests.wizard.generate.test_traps import asked, base_of, look, said, text_of
from wizard.generate.known import Known
from wizard.generate.propose import propose
from wizard.model.repo_view import RepoEntry, Snapshot

WEB = "web: bundle exec puma -C config/puma.rb\n"
APP: Files = {
    **BASE,
    "Gemfile": gemfile("rails", "puma", "pg", "propshaft"),
    "Gemfile.lock": lock(*RAILS, "propshaft 1.1.0"),
    "Procfile": WEB,
}


def with_gems(*gems: str, rows: tuple[str, ...] = (), **more: str) -> Files:
    """The usual app with these gems locked, and these lines in its Gemfile."""
    return {**APP, "Gemfile.lock": lock(*RAILS, *gems), "Gemfile": gemfile("rails", *rows), **more}


def final(text: str) -> str:
    return text.rpartition("FROM ")[2]


@pytest.mark.parametrize(
    ("wish", "locked", "file", "image", "conflict"),
    [
        ("", "3.4.5p51", "", "ruby:3.4.5-slim-bookworm", False),
        ("", "3.2.1p31", "", "ruby:3.2.1-slim-bullseye", False),
        ("", "3.4.5", "2.7.4", "ruby:3.4.5-slim-bookworm", True),
        ('ruby file: ".ruby-version"', "3.4.5", "3.4.5", "ruby:3.4.5-slim-bookworm", False),
        ('ruby File.read(".ruby-version")', "", "3.3.1", "ruby:3.3.1-slim-bookworm", False),
        ('ruby "3.3.4"', "3.3.1", "", "ruby:3.3.4-slim-bookworm", True),
        ('v = "3.1.4"\nruby v', "", "", "ruby:3.1.4-slim-bookworm", False),
        ('ruby "~> 3.4.1"', "", "", "ruby:3.4-slim-bookworm", False),
        ('ruby ">= 2.7", "< 3.2"', "", "", "ruby:3.1-slim-bookworm", False),
        ('ruby ">= 3.0"', "4.0.3", "", "ruby:4.0.3-slim-bookworm", False),
        ("ruby RUBY_VERSION", "", "", "ruby:3.3-slim-bookworm", False),
    ],
)
def test_the_version_of_ruby(wish: str, locked: str, file: str, image: str, conflict: bool) -> None:
    files = {
        **APP,
        "Gemfile": gemfile("rails", ruby=wish),
        "Gemfile.lock": lock(*RAILS, ruby=locked),
        **({".ruby-version": file} if file else {}),
    }
    found = look(files)
    assert base_of(found) == image
    assert ("ruby-version-conflict" in said(found)) == conflict
    copied = re.search(r"^COPY (Gemfile.*) \./$", text_of(found), re.M)
    assert copied is not None
    assert (".ruby-version" in copied.group(1)) == (".ruby-version" in wish)


def test_an_image_whose_archive_moved_is_asked_about_and_can_be_built() -> None:
    files = {**APP, "Gemfile.lock": lock(*RAILS, ruby="2.6.6p146")}
    assert asked(look(files)) == {"eol-base"}
    found = look(files, {"eol-base": "archive"})
    assert base_of(found) == "ruby:2.6.6-slim-buster"
    assert (asked(found), "ruby-eol" in said(found)) == (set(), True)
    assert text_of(found).count("archive.debian.org/debian buster") == 2
    assert base_of(look(files, {"eol-base": "3.3"})) == "ruby:3.3-slim-bookworm"


def test_an_image_that_cannot_be_built_is_asked_about() -> None:
    files = {**APP, "Gemfile.lock": lock(*RAILS, ruby="2.3.8p459")}
    assert asked(look(files)) == {"ruby-version-gone"}
    assert base_of(look(files, {"ruby-version-gone": "3.1"})) == "ruby:3.1-slim-bookworm"


def test_another_make_of_ruby_is_a_question() -> None:
    files = {**APP, "Gemfile.lock": lock(*RAILS, ruby="3.1.4p0 (jruby 9.4.5.0)")}
    assert asked(look(files)) == {"ruby-engine"}


def test_gems_of_development_and_names_inside_names_count_for_nothing() -> None:
    found = look(
        with_gems(
            "pghero 3.7.0", "ferrum 0.17", "sqlite3 2.6.0", "rmagick 6.0", "curb 1.0",
            rows=(
                "pghero", 'gem "ferrum", group: :test', "group :development do", '  gem "sqlite3"',
                "end", "# gem 'rmagick'", 'gem "curb", groups: [:development, :production]',
            ),
            **{"Gemfile.lock": lock(
                "rails 8.0.2", "pghero 3.7.0", "ferrum 0.17", "sqlite3 2.6.0", "curb 1.0",
                "railties 8.0.2", named="rails railties pghero ferrum sqlite3 curb",
            )},
        )
    )  # fmt: skip
    text = text_of(found)
    assert not re.search("libpq|sqlite|magick|chromium", text)
    assert "libcurl4-openssl-dev" in text


def test_a_lock_for_no_linux_is_a_question() -> None:
    files = {**APP, "Gemfile.lock": lock(*RAILS, platform="arm64-darwin-23")}
    assert asked(look(files)) == {"ruby-platforms"}


def test_no_lock_is_a_question() -> None:
    assert asked(look({k: v for k, v in APP.items() if k != "Gemfile.lock"})) == {"ruby-no-lock"}


def test_a_broken_lock_is_named_with_its_line() -> None:
    found = look({**APP, "Gemfile.lock": "GEM\n  specs:\n<<<<<<< HEAD\n"})
    assert asked(found) == {"broken:Gemfile.lock"}
    assert found.questions[0].found[0].line == 3


def test_a_gem_outside_of_the_repository_is_a_question() -> None:
    before = "PATH\n  remote: ../shared\n  specs:\n    shared (1.0)\n\n"
    found = look({**APP, "Gemfile.lock": lock(*RAILS, before=before)})
    assert asked(found) == {"gem-outside:../shared"}


def test_gems_by_ssh_are_a_question_with_two_answers() -> None:
    before = "GIT\n  remote: git@github.com:clinic/x.git\n  specs:\n    x (1.0)\n\n"
    files = {**APP, "Gemfile.lock": lock(*RAILS, before=before, named="rails x")}
    files["Gemfile"] = gemfile("rails", 'gem "x", git: "git@github.com:clinic/x.git"')
    assert asked(look(files)) == {"gem-git-ssh"}
    public = text_of(look(files, {"gem-git-ssh": "public"}))
    assert '"url.https://github.com/.insteadOf" "git@github.com:"' in public
    token = text_of(look(files, {"gem-git-ssh": "token"}))
    assert "https://${BUNDLE_GITHUB__COM}@github.com/" in token
    assert "COPY Gemfile Gemfile.lock .aptible.env* ./" in token


def test_a_login_that_the_live_app_has_is_read_by_the_install() -> None:
    text = text_of(look(APP, variables=["BUNDLE_GITHUB__COM"]))
    assert re.search(r"set \+a; fi \\\n    && bundle install", text)


def test_a_gemfile_that_looks_around_gets_everything_first() -> None:
    rows = ("rails", 'Dir["engines/*"].each { |path| gem File.basename(path), path: path }')
    text = text_of(look({**APP, "Gemfile": gemfile(*rows)}))
    assert text.index("COPY . ./") < text.index("RUN bundle install")
    assert text.count("COPY . ./") == 1


def test_execjs_without_a_package_json_gets_debians_node_in_both_stages() -> None:
    text = text_of(look(with_gems("terser 1.2.5 > execjs", "execjs 2.10.0")))
    assert text.count(" nodejs ") == 2
    with_engine = with_gems("terser 1.2.5 > execjs", "execjs 2.10.0", "mini_racer 0.17.0")
    assert "nodejs" not in text_of(look(with_engine))


NODE = {"package-lock.json": '{"lockfileVersion": 3, "packages": {}}'}


def test_a_package_json_for_tools_alone_is_left_out() -> None:
    files = {**APP, **NODE, "package.json": manifest(devDependencies={"eslint": "^9"})}
    found = look(files)
    assert "node" not in text_of(found).replace("node_modules", "")
    assert "node-helper" in said(found)


def test_node_stays_where_the_running_app_starts_it() -> None:
    files = with_gems("grover 1.1.0", "jsbundling-rails 1.3.1")
    files |= NODE | {"package.json": manifest(dependencies={"puppeteer": "^24"})}
    text = text_of(look(files))
    assert "COPY --from=node /usr/local /usr/local" in final(text)
    assert "rm -rf .aptible.env .git tmp/cache/assets\n" in text
    assert "chromium" in final(text)


def test_bun_is_a_named_question() -> None:
    files = with_gems("jsbundling-rails 1.3.1")
    files |= {"package.json": manifest(scripts={"build": "bun build"}), "bun.lock": "{}"}
    assert asked(look(files)) == {"node-bun"}


def test_pnpm_builds_a_front_end() -> None:
    files = with_gems("vite_rails 3.0.19")
    files |= {
        "package.json": manifest(packageManager="pnpm@9.15.0", devDependencies={"vite": "^6"}),
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    }
    text = text_of(look(files))
    assert "npm install --global pnpm@9.15.0" in text
    assert "NPM_CONFIG_PRODUCTION=false" in text
    assert text.index("RUN bundle install") < text.index("RUN pnpm install")


@pytest.mark.parametrize(
    "files",
    [
        {"public/assets/.manifest.json": "{}"},
        {"public/assets/.sprockets-manifest-ab12.json": "{}"},
    ],
)
def test_committed_assets_are_not_compiled_again(files: Files) -> None:
    found = look({**APP, **files})
    assert "assets:precompile" not in text_of(found)
    assert "assets-committed" in said(found)


def test_no_asset_pipeline_no_assets() -> None:
    assert "assets:precompile" not in text_of(look(with_gems()))
    api = {
        **APP,
        "Gemfile.lock": lock("rails 6.1 > railties sprockets-rails", "railties 6.1",
                             "sprockets-rails 3.4.2", named="rails"),
        "config/application.rb": 'require "rails"\nrequire "action_controller/railtie"\n',
    }  # fmt: skip
    assert "assets:precompile" not in text_of(look(api))
    own = with_gems(**{"lib/tasks/front.rake": "namespace :assets do\n  task :precompile\nend\n"})
    assert "assets:precompile" in text_of(look(own))


def test_configuration_is_read_at_build_only_where_the_app_insists() -> None:
    files = {**APP, "config/initializers/a.rb": '# ENV.fetch("NOT_THIS")\nENV.fetch("HERE", 1)\n'}
    assert ".aptible.env; then" not in text_of(look(files))
    files["config/initializers/b.rb"] = 'KEY = ENV.fetch("MAP_KEY")\n'
    found = look(files)
    assert "&& . ./.aptible.env &&" in text_of(found)
    assert "assets-configuration" in said(found)


def test_credentials_opened_at_the_start_need_the_key_at_build() -> None:
    files = {
        **APP,
        "config/credentials.yml.enc": "x",
        "config/initializers/s3.rb": "Aws.key = Rails.application.credentials.aws[:key]\n",
    }
    found = look(files)
    assert "&& . ./.aptible.env &&" in text_of(found)
    assert "rails-master-key" in said(found)
    assert "rails-master-key" not in said(look(files, variables=["RAILS_MASTER_KEY"]))


def test_a_tracked_key_is_told() -> None:
    assert "key-file" in said(look({**APP, "config/master.key": "0" * 32}))


def test_heroku_starts_rails_and_rack_without_a_procfile() -> None:
    bare = {k: v for k, v in APP.items() if k != "Procfile"}
    web = "web: exec bin/rails server -b 0.0.0.0 -p $PORT -e $RAILS_ENV\n"
    assert text_of(look(bare), "Procfile") == web
    found = look({**bare, "Procfile": "worker: bundle exec sidekiq\n"})
    assert text_of(found, "Procfile").startswith("worker: ")
    assert web in text_of(found, "Procfile")
    assert "default-web" in said(found)


def test_ruby_without_anything_to_start_is_a_question() -> None:
    files = {"Gemfile": gemfile("rake"), "Gemfile.lock": lock("rake 13.0")}
    assert asked(look(files)) == {"web-command"}


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("bundle exec rackup config.ru -p $PORT", "rackup -o 0.0.0.0 config.ru -p $PORT"),
        ("bundle exec rackup -o 0.0.0.0 -p $PORT", "rackup -o 0.0.0.0 -p $PORT"),
        ("jemalloc.sh bundle exec puma -p $PORT", "puma -p $PORT"),
        ("bundle exec je puma -p $PORT", "puma -p $PORT"),
        ("bin/start-pgbouncer bundle exec puma -p $PORT", "puma -p $PORT"),
        ("puma -p $PORT", "puma -p $PORT"),
        ("RAILS_MAX_THREADS=2 puma -p $PORT", ""),
    ],
)
def test_how_web_is_started(line: str, runs: str) -> None:
    text = text_of(look({**with_gems("rack 2.2.9"), "Procfile": f"web: {line}\n"}), "Procfile")
    expected = f"web: exec bundle exec {runs}\n"
    if not runs:
        expected = "web: exec env RAILS_MAX_THREADS=2 bundle exec puma -p $PORT\n"
    assert text == expected


def test_jemallocs_wrapper_brings_its_library() -> None:
    text = text_of(look({**APP, "Procfile": "web: jemalloc.sh bin/rails s\n"}))
    assert "libjemalloc2" in final(text)
    assert "ENV LD_PRELOAD=libjemalloc.so.2" in final(text)


def test_a_server_for_this_machine_alone_is_told() -> None:
    found = look({**APP, "Procfile": "web: bin/rails server -b 127.0.0.1 -p $PORT\n"})
    assert "loopback" in said(found)
    found = look({**APP, "config/puma.rb": 'bind "tcp://127.0.0.1:3000"\n'})
    assert "loopback" in said(found)


@pytest.mark.parametrize(
    "procfile",
    [
        "web: bundle exec rackup --port ${PORT:-3000} --host ${HOST:-localhost}\n"
        "css: yarn build:css --watch\nmail: mailcatcher -f\n",
        "rails: bundle exec rails s -p 3000\nwebpack: ./bin/webpack-dev-server\n",
        "rails: bundle exec rails s -p 3000\nwebpack: ./bin/shakapacker-dev-server\n",
        "####\n# DEVELOPMENT #\n####\nweb: bundle exec rails server -p ${PORT-3000}\n"
        "####\n# PRODUCTION #\n####\n# web: bundle exec unicorn -c config/unicorn.rb\n",
    ],
)
def test_a_procfile_for_a_developers_machine_is_a_question(procfile: str) -> None:
    assert asked(look({**APP, "Procfile": procfile})) == {"procfile-development"}


def test_one_off_ruby_commands_are_no_services() -> None:
    procfile = (
        f"{WEB}console: bin/rails console\nsetup: rake db:setup\nrake: bundle exec rake\n"
        "schema: bundle exec rails db:schema:load\nc: bundle exec irb -r ./app\n"
        "jobs: bundle exec rake jobs:work\nclock: bundle exec clockwork clock.rb\n"
    )
    found = text_of(look({**APP, "Procfile": procfile}), "Procfile")
    assert [row.partition(":")[0] for row in found.splitlines()] == ["web", "jobs", "clock"]


def test_a_schema_in_sql_needs_pg_dump_where_migrations_run() -> None:
    files = {**APP, "db/structure.sql": ""}
    assert "postgresql-client" in final(text_of(look(files)))
    off = "config.active_record.dump_schema_after_migration = false\n"
    files["config/environments/production.rb"] = off
    assert "postgresql-client" not in text_of(look(files))


BUILDPACKS = (
    "heroku/nodejs", "heroku/ruby", "https://github.com/heroku/heroku-buildpack-activestorage-preview",
    "heroku/jvm", "heroku-community/apt",
    "https://github.com/nickrivadeneira/heroku-buildpack-apt#some-branch",
    "https://github.com/codeforamerica/heroku-pdftk-java-buildpack.git",
    "https://github.com/dscout/wkhtmltopdf-buildpack",
    "https://github.com/maxwofford/heroku-buildpack-sourceversion", "heroku/metrics",
)  # fmt: skip


def test_the_buildpacks_of_ruby_apps_are_known() -> None:
    found = look({**APP, "Aptfile": "tesseract-ocr\n"}, buildpacks=list(BUILDPACKS))
    assert (found.main, asked(found)) == ("ruby", set())
    text = final(text_of(found))
    for name in ("ffmpeg", "poppler-utils", "pdftk-java", "wkhtmltopdf", "tesseract-ocr"):
        assert f" {name} " in text
    assert re.search(r"\bjre|default-jdk|temurin", text)


def test_a_gemfile_beside_another_language_does_not_take_over() -> None:
    files = {**RUBY_REPOSITORIES["sinatra"], "requirements.txt": "flask\ngunicorn\n"}
    files |= {".python-version": "3.12\n", "Procfile": "web: gunicorn app:app\n"}
    assert look(files).main == "python"


def test_a_bin_rails_that_may_be_executed_is() -> None:
    entries = [RepoEntry(path=path, executable=path == "bin/rails") for path in APP]
    found = propose(Snapshot(entries, APP), Known(), date(2026, 7, 1))
    assert "        bin/rails assets:precompile" in text_of(found)


def test_programs_that_ruby_calls_are_installed() -> None:
    code = "out = `convert #{a} #{b}`\nOpen3.capture2e('psql', '-c', q)\n# `ffmpeg`\n"
    text = final(text_of(look({**APP, "app/models/scan.rb": code})))
    assert "imagemagick" in text
    assert "postgresql-client" in text
    assert "ffmpeg" not in text


def test_a_value_with_a_block_is_no_demand_on_the_configuration() -> None:
    row = 'url: <%= ENV.fetch("REDIS_URL") { "redis://localhost" } %>\n'
    text = text_of(look({**APP, "config/cable.yml": row}))
    assert ".aptible.env; then" not in text
    assert "REDIS_URL" not in text


def test_sprockets_that_a_gem_brings_is_a_pipeline_whatever_rails_loads() -> None:
    files = with_gems("sassc-rails 2.1 > sprockets-rails", "sprockets-rails 3.5.2")
    files["config/application.rb"] = 'require "rails"\nrequire "action_view/railtie"\n'
    assert "assets:precompile" in text_of(look(files))


def test_a_gem_of_development_in_one_more_group_does_not_run() -> None:
    rows = ("group :development, :test, :cucumber do", '  gem "ferrum"', '  gem "rmagick"', "end")
    text = text_of(look(with_gems("ferrum 0.17", "rmagick 6.0", rows=rows)))
    assert "chromium" not in text
    assert "magickwand" not in final(text)
    assert "libmagickwand-dev" in text  # Bundler installs it all the same


def test_files_on_disk_matter_where_a_model_has_attachments() -> None:
    local = "  config.active_storage.service = :local\n"
    files = {**APP, "config/environments/production.rb": local}
    assert "local-uploads" not in said(look(files))
    files["app/models/scan.rb"] = "class Scan\n  has_one_attached :file\nend\n"
    assert "local-uploads" in said(look(files))
    files["config/environments/production.rb"] += "  config.active_storage.service = :amazon\n"
    assert "local-uploads" not in said(look(files))


def test_what_a_script_calls_that_a_process_runs_is_installed() -> None:
    scripts = {
        "bin/start": "#!/bin/bash\n# git is not called\ncd x && exec script/update.d/all\n",
        "script/update.d/all": "echo now\ncurl -s https://example.org > a.json\n",
        "je": "#!/usr/bin/env ruby\nLIB = '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2'\n",
    }
    procfile = f"{WEB}hub: bin/start && bundle exec je bin/hub\n"
    text = final(text_of(look({**APP, **scripts, "Procfile": procfile})))
    assert " curl " in text
    assert " libjemalloc2 " in text
    assert " git " not in text


def test_a_line_that_only_bash_understands_gets_bash() -> None:
    procfile = f"{WEB}both: bin/a & bin/b & wait -n\n"
    text = text_of(look({**APP, "Procfile": procfile}), "Procfile")
    assert "both: exec bash -c 'bin/a & bin/b & wait -n'\n" in text
    assert text_of(look({**APP, "Procfile": text}), "Procfile") == text


def test_a_procfile_that_runs_supercronic_gets_it() -> None:
    procfile = f"{WEB}cron: exec supercronic /app/crontab\n"
    text = final(text_of(look({**APP, "Procfile": procfile, "crontab": ""})))
    assert "/usr/local/bin/supercronic" in text


def test_a_dockerfile_of_ones_own_gets_the_findings_of_its_app() -> None:
    files = {
        **APP,
        "Gemfile": gemfile("rails", ruby='ruby file: ".ruby-version"'),
        ".ruby-version": "3.4.5\n",
        "heroku.yml": "build:\n  docker:\n    web: Dockerfile\n",
        "Dockerfile": (
            "ARG RUBY=3.4.2\nFROM docker.io/library/ruby:$RUBY-slim\nCOPY Gemfile* ./\n"
            'RUN bundle install\nUSER 1000\nCMD ["bin/rails", "server"]\n'
        ),
        "config/credentials.yml.enc": "x",
    }
    found = look(files)
    assert {"ruby-image-version", "secret-key-base", "rails-master-key"} <= said(found)
    files["Dockerfile"] = files["Dockerfile"].replace("3.4.2", "3.4.5")
    assert "ruby-image-version" not in said(look(files))


def test_node_stays_where_a_script_that_runs_starts_it() -> None:
    files = with_gems("jsbundling-rails 1.3.1")
    files |= NODE | {
        "package.json": manifest(scripts={"build": "esbuild a"}),
        "bin/heroku-web": "#!/bin/bash\n# npm\nbundle exec puma &\nX=1 node ./s\n",
        "Procfile": "web: bin/heroku-web\n",
    }
    text = text_of(look(files))
    assert "COPY --from=node /usr/local /usr/local" in final(text)
    assert "node_modules tmp" not in text


def test_a_debian_that_is_about_to_move_is_told() -> None:
    files = {**APP, "Gemfile.lock": lock(*RAILS, ruby="3.1.2p20")}
    assert "debian-eol" not in said(look(files))
    later = propose(Snapshot.of(files), Known(), date(2026, 11, 1))
    assert "debian-eol" in said(later)


@pytest.mark.parametrize("procfile", [None, "worker: bundle exec sidekiq\n"])
def test_a_package_json_with_a_start_does_not_make_rails_a_node_app(procfile: str | None) -> None:
    files = {k: v for k, v in APP.items() if k != "Procfile"} | NODE
    files["package.json"] = manifest(scripts={"start": "webpack-dev-server"})
    found = look(files if procfile is None else {**files, "Procfile": procfile})
    assert (found.main, asked(found)) == ("ruby", set())


def test_a_procfile_that_a_buildpack_chose_is_the_one_that_ran() -> None:
    files = {
        **APP,
        "Procfile": "# DEVELOPMENT #\nweb: rails s -b localhost\ncss: sass --watch a\n",
        "deployment/Procfile.heroku": f"{WEB}jobs: bundle exec rake jobs:work\n",
        ".buildpacks": (
            "https://github.com/cantino/heroku-selectable-procfile.git\n"
            "https://github.com/heroku/heroku-buildpack-ruby.git\n"
        ),
        "app.json": '{"env": {"PROCFILE_PATH": "deployment/Procfile.heroku"}}\n',
    }
    found = look(files)
    assert asked(found) == set()
    rows = text_of(found, "Procfile").splitlines()
    assert [row.partition(":")[0] for row in rows if not row.startswith("#")] == ["web", "jobs"]


def test_a_mailers_host_and_settings_of_tools_are_not_baked() -> None:
    files = {
        **APP,
        "config/environments/production.rb": 'config.action_mailer.asset_host = ENV["DOMAIN"]\n',
        "client/webpack.config.js": "if (process.env.ANALYZE) run()\n",
    }
    assert "baked-variables" not in said(look(files))
