"""How a Ruby process is started: the default web, gems' programs, and what it listens on."""

import re

from wizard.generate.commands import commands, replace_program, split
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.ruby_package import RubyPackage
from wizard.generate.tables.ruby import PROGRAM_OF_GEM
from wizard.model.files import Evidence

_SOCKET = re.compile(r"unix:|^\s*listen\s*\(?\s*['\"]?\S*(?:sock|nginx)", re.M)
_SERVER_CONFIGS = {"puma": "config/puma.rb", "unicorn": "config/unicorn.rb"}


def default_web(book: Notebook, package: RubyPackage) -> ProcessLine | None:
    """What Heroku starts when no Procfile names a web; None for what it would not start."""
    if package.rails > (0, 0):
        place = package.place("railties")
        program = "bin/rails" if book.has("bin/rails") else "bundle exec rails"
        command = f"{program} server -b 0.0.0.0 -p $PORT -e $RAILS_ENV"
        return ProcessLine(name="web", command=command, evidence=place)
    if not book.has("config.ru"):
        return None
    place = Evidence(path="config.ru", fact="is there: Heroku starts it with Rack")
    if package.has("thin") and not package.has("puma"):
        command = "bundle exec thin start -R config.ru -e $RACK_ENV -p $PORT"
    elif package.has("rackup") or (0, 0) < package.release("rack") < (3, 0):
        command = "bundle exec rackup config.ru -o 0.0.0.0 -p $PORT"
    elif package.has("puma"):
        command = "bundle exec puma -b tcp://0.0.0.0:$PORT config.ru"
    else:
        return None
    return ProcessLine(name="web", command=command, evidence=place)


def with_web(
    book: Notebook, package: RubyPackage, lines: tuple[ProcessLine, ...]
) -> tuple[ProcessLine, ...]:
    """The lines with Heroku's default web where none is named; without any, a question."""
    if any(line.name == "web" for line in lines):
        return lines
    development = any(q.question.id == "procfile-development" for q in book.questions)
    web = None if development else default_web(book, package)
    if web is not None:
        if lines:
            book.note(
                "default-web",
                f"no Procfile names a web: Heroku starts `{web.command}`, and so does this",
                "take the line out when the app answers no web",
                web.evidence,
            )
        return (web, *lines)
    if not lines:
        book.ask(
            "web-command",
            "which command serves the app?",
            "there is no Procfile, no Rails and no config.ru: Heroku would start nothing; write a "
            "Procfile",
            free=True,
        )
        answer = book.answers.get("web-command", "")
        if answer:
            place = Evidence(path="answers", fact="web-command")
            return (ProcessLine(name="web", command=answer, evidence=place),)
    return lines


def as_started(book: Notebook, package: RubyPackage, line: ProcessLine) -> ProcessLine:
    """The line as it runs in a container: gems found, and the port open to others."""
    if line.action == "left-out":
        return line
    found = _bundled(package, line)
    if found.kept:
        found = _without_socket(book, _to_everybody(found))
    return found


def _bundled(package: RubyPackage, line: ProcessLine) -> ProcessLine:
    """Heroku had the gems' programs on the PATH: here `bundle exec` finds them."""
    command = line.command
    for part, _ in split(command):
        words = next(commands(part), [])
        name = words[0] if words else ""
        if PROGRAM_OF_GEM.get(name, "") in package.gems:
            # Only this part: the same word may stand in another one behind `bundle exec` already.
            after = replace_program(part, [name], f"bundle exec {name}")
            command = command.replace(part, after, 1)
    if command == line.command:
        return line
    reason = "bundle exec finds the programs of gems"
    return line.model_copy(update={"command": command, "reason": reason})


def _to_everybody(line: ProcessLine) -> ProcessLine:
    """rackup listens on this machine alone unless the environment is production."""
    command = line.command
    if re.search(r"\brackup\b", command) and not re.search(r"\s(-o|--host)[\s=]?", command):
        command = re.sub(r"\brackup\b", "rackup -o 0.0.0.0", command, count=1)
        return line.model_copy(update={"command": command, "reason": "rackup listens on localhost"})
    return line


def _without_socket(book: Notebook, line: ProcessLine) -> ProcessLine:
    """Behind the nginx of a buildpack the server listened on a socket file: it needs the port."""
    if "nginx" not in line.stripped:
        return line
    server = next((name for name in _SERVER_CONFIGS if re.search(rf"\b{name}\b", line.command)), "")
    named = re.search(r"(?:-[cC]|--config(?:-file)?)[\s=](\S+)", line.command)
    config = named.group(1) if named else _SERVER_CONFIGS.get(server, "")
    if not server or not (_SOCKET.search(book.text(config)) or "unix:" in line.command):
        return line
    command = re.sub(r"\s(-b|--bind|-l|--listen)[\s=]unix:\S+", "", line.command)
    option = "-b tcp://0.0.0.0:$PORT" if server == "puma" else "-l 0.0.0.0:$PORT"
    return line.model_copy(update={"command": f"{command} {option}"})
