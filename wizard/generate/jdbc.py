"""The addresses that the JVM buildpack formed from DATABASE_URL: a script that forms them again."""

import re

from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.model.files import Evidence, GeneratedFile, Line

PATH = "docker-jdbc.sh"
_FILES = (".java", ".kt", ".groovy", ".scala", ".properties", ".yml", ".yaml", ".conf", ".xml")
_NAMES = re.compile(
    r"\b(?:[A-Z_]*JDBC_(?:DATABASE_)?(?:URL|USERNAME|PASSWORD)|SPRING_DATASOURCE_\w+)"
)
_DRIVERS = frozenset({
    "postgresql", "mysql-connector-java", "mysql-connector-j", "mariadb-java-client",
    "spring-boot-starter-data-jpa", "spring-boot-starter-jdbc", "spring-boot-starter-data-jdbc",
    "HikariCP", "flyway-core", "liquibase-core", "jooq", "hibernate-core", "jdbi3-core",
})  # fmt: skip
_SCRIPT = r"""
# Sourced before a command. Forms what Heroku's JVM buildpack formed from DATABASE_URL:
# JDBC_DATABASE_URL, SPRING_DATASOURCE_URL and *_JDBC_URL, each with _USERNAME and _PASSWORD.
# Prints nothing; what is set already stays. Written by moveday.

jdbc_plain() {
    jdbc_left=$1
    jdbc_text=
    while :; do
        case $jdbc_left in
            *%[0-9A-Fa-f][0-9A-Fa-f]*) ;;
            *) break ;;
        esac
        jdbc_text=$jdbc_text${jdbc_left%%%*}
        jdbc_left=${jdbc_left#*%}
        jdbc_code=${jdbc_left%"${jdbc_left#??}"}
        jdbc_left=${jdbc_left#??}
        case $jdbc_code in
            [0-9A-Fa-f][0-9A-Fa-f])
                jdbc_code=$(printf '%o.' "0x$jdbc_code")
                jdbc_char=$(printf '%b.' "\\0${jdbc_code%.}")
                jdbc_text=$jdbc_text${jdbc_char%.}
                ;;
            *) jdbc_text=$jdbc_text%$jdbc_code ;;
        esac
    done
    jdbc_text=$jdbc_text$jdbc_left
}

jdbc_from() {
    case $1 in
        postgres://*@* | postgresql://*@*) jdbc_kind=postgresql ;;
        mysql://*@* | mysql2://*@*) jdbc_kind=mysql ;;
        *) return 0 ;;
    esac
    jdbc_rest=${1#*://}
    jdbc_place=${jdbc_rest##*@}
    jdbc_user=${jdbc_rest%@*}
    jdbc_password=${jdbc_user#*:}
    jdbc_user=${jdbc_user%%:*}
    case $jdbc_place in
        *\?*) jdbc_query=${jdbc_place#*\?}\& jdbc_place=${jdbc_place%%\?*} ;;
        *) jdbc_query= ;;
    esac
    jdbc_query="${jdbc_query}user=$jdbc_user&password=$jdbc_password"
    case $jdbc_kind:$jdbc_query in
        mysql:* | *sslmode=*) ;;
        *) jdbc_query="$jdbc_query&sslmode=require" ;;
    esac
    export "$2_URL=jdbc:$jdbc_kind://$jdbc_place?$jdbc_query"
    jdbc_plain "$jdbc_user"
    export "$2_USERNAME=$jdbc_text"
    jdbc_plain "$jdbc_password"
    export "$2_PASSWORD=$jdbc_text"
}

if [ -z "${JDBC_DATABASE_URL:-}" ]; then
    jdbc_from "${DATABASE_URL:-${JAWSDB_URL:-${CLEARDB_DATABASE_URL:-}}}" JDBC_DATABASE
fi
if [ "${DISABLE_SPRING_DATASOURCE_URL:-}" != true ] && [ -n "${JDBC_DATABASE_URL:-}" ] &&
    [ -z "${SPRING_DATASOURCE_URL:-}${SPRING_DATASOURCE_USERNAME:-}" ]; then
    export SPRING_DATASOURCE_URL="$JDBC_DATABASE_URL"
    export SPRING_DATASOURCE_USERNAME="${JDBC_DATABASE_USERNAME:-}"
    export SPRING_DATASOURCE_PASSWORD="${JDBC_DATABASE_PASSWORD:-}"
fi
jdbc_names='s/^\([A-Z][A-Z0-9_]*\)_URL=\(postgres\|postgresql\|mysql\):.*/\1/p'
for jdbc_name in $(env | sed -n "$jdbc_names"); do
    case $jdbc_name in
        DATABASE | *JDBC*) ;;
        *)
            eval "jdbc_from \"\$${jdbc_name}_URL\" ${jdbc_name}_JDBC"
            ;;
    esac
done
unset jdbc_left jdbc_text jdbc_code jdbc_char jdbc_kind jdbc_rest jdbc_place jdbc_user
unset jdbc_password jdbc_query jdbc_name jdbc_names
"""


def jdbc_evidence(book: Notebook, artifacts: dict[str, Evidence]) -> tuple[Evidence, ...]:
    """Why the addresses are needed: a driver among the dependencies, a name in code or settings."""
    found = [place for name, place in artifacts.items() if name in _DRIVERS]
    for entry in book.view.entries():
        if len(found) > 5 or entry.kind != "file" or not entry.path.endswith(_FILES):
            continue
        if re.search(r"(^|/)(test|target|build|node_modules)/", entry.path):
            continue
        text = book.text(entry.path)
        match = _NAMES.search(text)
        if match:
            line = text.count("\n", 0, match.start()) + 1
            found.append(Evidence(path=entry.path, line=line, fact=f"reads {match.group()}"))
    return tuple(found)


def jdbc_file(book: Notebook, evidence: tuple[Evidence, ...]) -> GeneratedFile:
    """The script as a file of the repository, so that it can be read and reviewed."""
    before = book.view.read(PATH)
    rows = _SCRIPT.strip("\n").split("\n")
    lines = tuple(Line(text=row, rule="F53", evidence=evidence) for row in rows)
    return GeneratedFile(path=PATH, lines=lines, before=before, newline="\n")


def with_jdbc(line: ProcessLine) -> ProcessLine:
    """The line with the script sourced before it, once."""
    if line.action == "left-out" or PATH in line.command:
        return line
    return line.model_copy(update={"command": f". ./{PATH} && {line.command}"})
