"""What Bundler's two files say: groups and the wanted Ruby; locked gems, sources and platforms."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.formats.errors import FormatError
from wizard.formats.gemfile import read_gemfile
from wizard.formats.gemfile_lock import read_gemfile_lock

LOCK = """GIT
  remote: https://github.com/clinic/travel.git
  revision: abc
  specs:
    travel (0.1.0)
      rack (>= 2)

PATH
  remote: engines/core
  specs:
    engine (0.1.0)

GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.18.8-x86_64-linux-gnu)
      racc (~> 1.4)
    nokogiri (1.18.8-arm64-darwin)
      racc (~> 1.4)
    racc (1.8.1)
    rack (3.1.0)

PLATFORMS
  arm64-darwin
  x86_64-linux

DEPENDENCIES
  engine!
  nokogiri (~> 1.18)
  travel!

CHECKSUMS
  racc (1.8.1) sha256=abc

RUBY VERSION
   ruby 2.7.2p137

BUNDLED WITH
  4.0.5
"""


def test_a_lock_with_every_section() -> None:
    found = read_gemfile_lock(LOCK.replace("\n", "\r\n"))
    gems = {gem.name: gem for gem in found.gems}
    assert (gems["travel"].needs, gems["travel"].source.kind) == (("rack",), "GIT")
    assert (gems["travel"].line, gems["travel"].source.remote_line) == (5, 2)
    assert gems["engine"].source.remote == "engines/core"
    assert gems["nokogiri"].platforms == ("x86_64-linux-gnu", "arm64-darwin")
    assert (gems["nokogiri"].needs, gems["nokogiri"].version) == (("racc",), "1.18.8")
    assert found.platforms == (("arm64-darwin", 24), ("x86_64-linux", 25))
    assert [name for name, _ in found.dependencies] == ["engine", "nokogiri", "travel"]
    assert (found.ruby, found.ruby_line, found.engine) == ("2.7.2", 36, "ruby")
    assert (found.bundler, found.bundler_line) == ("4.0.5", 39)


def test_another_make_of_ruby_is_seen() -> None:
    found = read_gemfile_lock("RUBY VERSION\n   ruby 3.1.4p0 (jruby 9.4.5.0)\n")
    assert (found.ruby, found.engine) == ("3.1.4", "jruby")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1: the file is empty"),
        ("GEM\n  remote: x\n<<<<<<< HEAD\n", "line 3: a merge conflict"),
        ("hello\n", "line 1: “hello” is no section"),
        ("  remote: x\n", "line 1: an entry before"),
        ("GEM\n  specs:\n    rack (1.0)\n     oops\n", "line 4: “oops” is no gem"),
        ("GEM\n  specs:\n      rack\n", "line 3: “rack” is no gem"),
        ("RUBY VERSION\n   perl 5\n", "line 2: “perl 5” is no version of Ruby"),
        ("BUNDLED WITH\n   soon\n", "line 2: “soon” is no version of Bundler"),
        ("DEPENDENCIES\n  a b\n", "line 2: “a b” is no dependency"),
    ],
)
def test_a_broken_lock_is_named_with_its_line(text: str, place: str) -> None:
    with pytest.raises(FormatError, match=rf"Gemfile\.lock, {place}"):
        read_gemfile_lock(text)


@given(
    rows=st.lists(
        st.sampled_from([*LOCK.split("\n"), "      rack (", "GEM", "<<<<<<<", "   ruby x", "\t"])
        | st.text(max_size=12),
        max_size=25,
    )
)
@example(rows=["GEM", "  remote:", "    a (1-x)", "      b (= 1)!"])
@settings(max_examples=150, deadline=None)
def test_any_lines_are_read_or_named(rows: list[str]) -> None:
    text = "\n".join(rows)
    try:
        found = read_gemfile_lock(text)
    except FormatError as error:
        assert (error.path, 0 <= error.line <= len(rows) + text.count("\r") + 1) == (
            "Gemfile.lock",
            True,
        )
    else:
        assert all(0 < gem.line <= text.count("\n") + 1 for gem in found.gems)


@given(st.text(max_size=200))
@settings(max_examples=80, deadline=None)
def test_any_gemfile_is_read_or_named(text: str) -> None:
    try:
        read_gemfile(text)
    except FormatError as error:
        assert error.path == "Gemfile"


GEMFILE = """source "https://rubygems.org"
gem "rails", "~> 8.0" # group: :test
gem("puma")
gem "rspec", group: :test
gem "debug",
  require: false,
  :groups => [:development, :test]
group :development do
  platforms :mri do
    gem "byebug"
  end
  gem "inline" if ENV["INLINE"]
end
gem "sidekiq"
group :extra, optional: true do
  gem "prof"
end
%w[rspec-core rspec-mocks].each do |lib|
  gem lib, git: "x", group: :test
end
if ENV["CI"]
  gem "reporter", group: %i[test]
end
gem "pg"
gemspec path: "engines/core"
eval_gemfile "gemfiles/shared.rb"
"""


def test_the_groups_of_each_gem() -> None:
    found = read_gemfile(GEMFILE)
    assert {gem.name: gem.groups for gem in found.gems} == {
        "rails": (),
        "puma": (),
        "rspec": ("test",),
        "debug": ("development", "test"),
        "byebug": ("development",),
        "inline": ("development",),
        "sidekiq": (),
        "prof": ("extra",),
        "rspec-core": ("test",),
        "rspec-mocks": ("test",),
        "reporter": ("test",),
        "pg": (),
    }
    assert found.optional == {"extra"}
    assert found.gemspecs == (("engines/core", 25),)
    assert found.included == (("gemfiles/shared.rb", 26),)


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ('ruby "3.2.2"', "exact", "3.2.2"),
        ("ruby '2.7.2p137'", "exact", "2.7.2"),
        ('ruby "~> 3.2.0"', "range", "~> 3.2.0"),
        ('ruby ">= 3.1", "< 4"', "range", ">= 3.1, < 4"),
        ('ruby file: ".ruby-version"', "file", ".ruby-version"),
        ('ruby(File.read(".ruby-version").strip)', "file", ".ruby-version"),
        ('ruby File.read(File.expand_path(".ruby-version", __dir__))', "file", ".ruby-version"),
        ('ruby IO.read("#{__dir__}/.ruby-version").chomp', "file", ".ruby-version"),
        ('wanted = File.read(".ruby-version").strip\nruby wanted', "file", ".ruby-version"),
        ('ruby ENV["CUSTOM_RUBY"] || "3.3.1"', "exact", "3.3.1"),
        ("ruby RUBY_VERSION", "unknown", "RUBY_VERSION"),
    ],
)
def test_the_ruby_that_a_gemfile_asks_for(text: str, kind: str, said: str) -> None:
    wish = read_gemfile(text).ruby
    assert wish is not None
    assert (wish.kind, wish.text) == (kind, said)


def test_another_engine_in_a_gemfile() -> None:
    wish = read_gemfile('ruby "3.1.4", engine: "jruby", engine_version: "9.4.5.0"').ruby
    assert wish is not None
    assert (wish.kind, wish.text, wish.engine) == ("exact", "3.1.4", "jruby")
