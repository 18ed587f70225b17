"""Small Ruby repositories of every kind, written for these tests: name → path → text."""

import json

Files = dict[str, str]


def lock(
    *gems: str,
    ruby: str = "3.4.5p51",
    bundler: str = "2.6.9",
    platform: str = "x86_64-linux",
    before: str = "",
    named: str = "",
) -> str:
    """A Gemfile.lock: each gem as `name 1.2` or `name 1.2 > need need`."""
    rows, top = [], []
    for gem in gems:
        spec, _, needs = gem.partition(" > ")
        name, _, version = spec.partition(" ")
        rows.append(f"    {name} ({version})")
        rows += [f"      {need}" for need in needs.split()]
        top.append(f"  {name}")
    ruby_rows = f"\nRUBY VERSION\n   ruby {ruby}\n" if ruby else ""
    return (
        f"{before}GEM\n  remote: https://rubygems.org/\n  specs:\n" + "\n".join(rows)
        + f"\n\nPLATFORMS\n  {platform}\n\nDEPENDENCIES\n"
        + "\n".join([f"  {name}" for name in named.split()] or top)
        + f"\n{ruby_rows}\nBUNDLED WITH\n   {bundler}\n"
    )  # fmt: skip


def gemfile(*rows: str, ruby: str = "") -> str:
    """A Gemfile; `rows` are names of gems or whole lines."""
    lines = [row if " " in row or row == "end" else f'gem "{row}"' for row in rows]
    return "\n".join(['source "https://rubygems.org"', *([ruby] if ruby else []), *lines]) + "\n"


def manifest(**fields: object) -> str:
    """A package.json."""
    return json.dumps({"name": "clinic", "private": True, **fields}, indent=2) + "\n"


RAILS = (
    "rails 8.0.2 > railties activestorage", "railties 8.0.2 > rake", "activestorage 8.0.2",
    "rake 13.3.0", "puma 6.6.0", "pg 1.5.9", "psych 5.2.6",
)  # fmt: skip
APPLICATION = 'require_relative "boot"\nrequire "rails/all"\n'
BASE: Files = {
    "config.ru": 'require_relative "config/environment"\nrun Rails.application\n',
    "config/application.rb": APPLICATION,
    "config/boot.rb": 'require "bundler/setup"\nrequire "bootsnap/setup"\n',
    "config/puma.rb": 'port ENV.fetch("PORT", 3000)\n',
    "bin/rails": "#!/usr/bin/env ruby\n",
    "app/models/visit.rb": "class Visit\nend\n",
}

RUBY_REPOSITORIES: dict[str, Files] = {
    "rails-importmap": {
        **BASE,
        "Gemfile": gemfile(
            "rails", "puma", "pg", "propshaft", 'gem "bootsnap", require: false', "ruby-vips",
            "group :development, :test do", '  gem "sqlite3"', "end",
            'gem "ferrum", group: :test', ruby='ruby file: ".ruby-version"',
        ),
        "Gemfile.lock": lock(
            *RAILS, "propshaft 1.1.0", "bootsnap 1.18.4", "ruby-vips 2.2.3 > ffi", "ffi 1.17.2",
            "sqlite3 2.6.0", "ferrum 0.17",
            named="rails puma pg propshaft bootsnap ruby-vips sqlite3 ferrum",
        ),
        ".ruby-version": "ruby-3.4.5\n",
        "config/credentials.yml.enc": "planted\n",
        "config/environments/production.rb": (
            'Rails.application.configure do\n  config.force_ssl = true\n'
            '  config.hosts << "clinic.example.org"\nend\n'
        ),
        "lib/report.rb": 'system("pdftotext", path)\n# `git` is not called\n',
        "Procfile": "web: bundle exec puma -C config/puma.rb\nrelease: rails db:migrate\n",
    },
    "rails-jsbundling": {
        **BASE,
        "Gemfile": gemfile("rails", "puma", "pg", "sprockets-rails", "jsbundling-rails", "sidekiq"),
        "Gemfile.lock": lock(
            *RAILS, "sprockets-rails 3.5.2 > sprockets", "sprockets 4.2.2",
            "jsbundling-rails 1.3.1", "sidekiq 8.0.0", bundler="4.0.1",
        ),
        "package.json": manifest(
            engines={"node": "22.x"},
            packageManager="yarn@1.22.22",
            scripts={"build": "esbuild app/javascript/*.* --outdir=app/assets/builds",
                     "heroku-postbuild": "echo nothing"},
            dependencies={"esbuild": "^0.25.0"},
        ),
        "yarn.lock": '# yarn lockfile v1\n\nesbuild@^0.25.0:\n  version "0.25.0"\n',
        "app/javascript/application.js": "fetch(process.env.MAP_KEY)\n",
        "config/initializers/mail.rb": 'Mail.key = ENV.fetch("MAIL_KEY")\n',
        "app.json": json.dumps(
            {"buildpacks": [{"url": "heroku/nodejs"},
                            {"url": "https://github.com/gaffneyc/heroku-buildpack-jemalloc.git"},
                            {"url": "heroku/ruby"}, {"url": "heroku/metrics"}]}, indent=1,
        ),
        "Procfile": (
            "web: jemalloc.sh bin/rails server -p $PORT -e production\n"
            "worker: jemalloc.sh sidekiq -C config/sidekiq.yml\nconsole: bin/rails console\n"
        ),
    },
    "sinatra": {
        "Gemfile": gemfile("sinatra", "puma", "rackup", "pghero", ruby='ruby "~> 3.3"'),
        "Gemfile.lock": lock(
            "sinatra 4.1.1 > rack", "rack 3.1.0", "puma 6.6.0", "rackup 2.2.1", "pghero 3.7.0",
            ruby="", bundler="2.5.22",
        ),
        "config.ru": "run Sinatra::Application\n",
        "app.rb": "require 'sinatra'\n",
    },
    "rails-old": {
        **BASE,
        "Gemfile": gemfile("rails", "puma", "pg", "uglifier", "mini_magick", ruby='ruby "2.7.8"'),
        "Gemfile.lock": lock(
            "rails 6.0.3 > railties sprockets-rails", "railties 6.0.3 > rake", "rake 13.0.1",
            "sprockets-rails 3.2.2 > sprockets", "sprockets 4.0.2", "puma 4.3.6", "pg 1.2.3",
            "uglifier 4.2.0 > execjs", "execjs 2.7.0", "mini_magick 4.11.0",
            "charlock_holmes 0.7.7",
            ruby="2.7.8p225", bundler="1.17.3", platform="ruby",
        ),
        "app/assets/config/manifest.js": "//= link_tree ../images\n",
        "Procfile": (
            "web: bin/start-nginx bin/start-pgbouncer bundle exec puma -C config/puma.rb\n"
            "worker: rake jobs:work\n"
        ),
        "config/puma.rb": 'bind "unix:///tmp/nginx.socket"\n',
    },
    "ruby-git-gems": {
        "Gemfile": gemfile(
            'gem "travel", github: "clinic/travel"', 'gem "engine", path: "engines/core"', "rack",
            "puma", 'gem "old", git: "git://github.com/clinic/old.git"',
        ),
        "Gemfile.lock": lock(
            "rack 2.2.9", "puma 6.4.0",
            before=(
                "GIT\n  remote: https://github.com/clinic/travel.git\n  revision: abc\n  specs:\n"
                "    travel (0.1.0)\n      rack\n\nGIT\n  remote: git://github.com/clinic/old.git\n"
                "  revision: def\n  specs:\n    old (1.0)\n\n"
                "PATH\n  remote: engines/core\n  specs:\n    engine (0.1.0)\n\n"
                "GEM\n  remote: https://gems.example.com/\n  specs:\n    pro (1.0)\n\n"
            ),
            named="travel engine rack puma pro old",
        ),
        "engines/core/engine.gemspec": "s.files = `git ls-files`.split\n",
        "engines/core/lib/engine.rb": "",
        "config.ru": "run Clinic\n",
        "Procfile": "web: bundle exec rackup config.ru -p $PORT\nhub: bundle exec je bin/hub\n",
        "bin/hub": "#!/usr/bin/env ruby\n",
    },
    "rails-shakapacker": {
        **BASE,
        "Gemfile": gemfile("rails", "puma", "mysql2", "shakapacker", "mini_racer", "execjs"),
        "Gemfile.lock": lock(
            "rails 7.0.8 > railties", "railties 7.0.8 > rake", "rake 13.1.0", "puma 6.4.2",
            "mysql2 0.5.6", "shakapacker 7.2.2", "mini_racer 0.9.0", "execjs 2.9.1",
            ruby="3.2.2p53", bundler="2.3.5",
        ),
        "package.json": manifest(
            packageManager="yarn@4.2.2", engines={"node": "20.x"},
            scripts={"postinstall": "patch-package"},
            dependencies={"shakapacker": "7.2.2"}, devDependencies={"patch-package": "^8"},
        ),
        "yarn.lock": '__metadata:\n  version: 8\n\n"shakapacker@npm:7.2.2":\n  version: 7.2.2\n',
        ".yarnrc.yml": "nodeLinker: node-modules\n",
        "Procfile": "// services\nweb: exec bin/rails s -b 0.0.0.0 -p ${PORT:-3000}\n",
    },
}  # fmt: skip
