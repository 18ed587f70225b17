"""Things that real Java repositories hold and that a generator falls into: each once."""

import pytest

from tests.wizard.generate.jvm_repositories import GRADLE, GRADLEW, PLAIN, SPRING, WRAPPER, Files
from tests.wizard.generate.test_traps import asked, base_of, look, said, text_of

MAVEN: Files = {**WRAPPER, "pom.xml": SPRING}
WEB = "java -Dserver.port=$PORT $JAVA_OPTS -jar target/clinic-1.2.0-SNAPSHOT.jar"


def test_without_a_procfile_the_buildpacks_own_command_runs() -> None:
    found = look(MAVEN)
    assert text_of(found, "Procfile") == f"web: . ./docker-jdbc.sh && exec {WEB}\n"
    assert base_of(found) == "eclipse-temurin:17-jre-jammy"
    assert "ENTRYPOINT []\n" in text_of(found)
    assert "ENV JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=80\n" in text_of(found)


def test_system_properties_go_before_the_pom_unless_they_cannot_build_it() -> None:
    newer = {**MAVEN, "system.properties": "java.runtime.version=21\n"}
    assert base_of(look(newer)) == "eclipse-temurin:21-jre-jammy"
    older = look({**MAVEN, "system.properties": "java.runtime.version=11\n"})
    assert base_of(older) == "eclipse-temurin:17-jre-jammy"
    assert "java-version-conflict" in said(older)
    odd = look({**MAVEN, "system.properties": "java.runtime.version=19\n"})
    assert base_of(odd) == "eclipse-temurin:21-jre-jammy"


def test_a_web_line_without_a_colon_was_none_to_heroku() -> None:
    same = look({**MAVEN, "Procfile": "web java -jar target/clinic-1.2.0-SNAPSHOT.jar\n"})
    assert text_of(same, "Procfile").endswith(f"exec {WEB}\n")
    assert "default-process" in said(same)
    files = {**MAVEN, "Procfile": "web java -jar other/clinic.jar\n"}
    assert asked(look(files)) == {"procfile-colon"}
    answered = look(files, {"procfile-colon": WEB})
    assert text_of(answered, "Procfile").endswith(f"exec {WEB}\n")


def test_several_modules_that_run_are_a_question_unless_the_procfile_decides() -> None:
    parent = "<project><artifactId>all</artifactId><packaging>pom</packaging><modules>"
    parent += "<module>shop</module><module>desk</module></modules></project>"
    shop, desk = (SPRING.replace(">clinic<", f">{name}<") for name in ("shop", "desk"))
    files = {**WRAPPER, "pom.xml": parent, "shop/pom.xml": shop, "desk/pom.xml": desk}
    found = look(files)
    assert asked(found) == {"web-command"}
    assert "java $JAVA_OPTS -jar desk/target/desk-1.2.0-SNAPSHOT.jar" in (
        found.questions[0].question.choices
    )
    named = look({**files, "Procfile": "web: java -jar shop/target/shop-*.jar\n"})
    assert not asked(named)
    assert "/app/shop/target/shop-1.2.0-SNAPSHOT.jar ./shop/target/\n" in text_of(named)


def test_a_jar_that_the_build_does_not_leave_is_a_question() -> None:
    files = {**MAVEN, "Procfile": "web: java -jar target/clinic-1.1.0.jar\n"}
    assert asked(look(files)) == {"java-jar:web"}
    path = "target/clinic-1.2.0-SNAPSHOT.jar"
    assert f"-jar {path}" in text_of(look(files, {"java-jar:web": path}), "Procfile")
    shaded = {**MAVEN, "Procfile": "web: java -jar target/clinic-1.2.0-SNAPSHOT-exec.jar\n"}
    assert not asked(look(shaded))


def test_more_than_a_jar_takes_the_whole_folder() -> None:
    procfile = f"web: java -javaagent:newrelic/newrelic.jar -jar {WEB.rpartition(' ')[2]}\n"
    found = look({**MAVEN, "Procfile": procfile})
    assert "COPY --from=build --chown=1001:1001 /app ./\n" in text_of(found)


def test_an_app_without_a_database_gets_no_addresses() -> None:
    found = look({"pom.xml": PLAIN, "Procfile": "web: java -jar target/reports.jar\n"})
    assert found.file("docker-jdbc.sh") is None
    assert "FROM maven:3.9-eclipse-temurin-21 AS build\n" in text_of(found)
    assert text_of(found, "Procfile") == "web: exec java -jar target/reports.jar\n"


def test_what_a_library_of_no_framework_starts_is_a_question() -> None:
    assert asked(look({"pom.xml": PLAIN})) == {"web-command"}


def test_a_wrapper_with_windows_endings_is_mended() -> None:
    found = look({**MAVEN, "mvnw": "#!/bin/sh\r\n"})
    assert "sed -i 's/\\r$//' mvnw" in text_of(found)
    assert "wrapper-endings" in said(found)


def test_settings_of_the_buildpack_are_read_or_asked() -> None:
    named = {**MAVEN, "app.json": '{"env": {"MAVEN_CUSTOM_GOALS": {"value": "verify"}}}'}
    assert "./mvnw -B -DskipTests verify\n" in text_of(look(named))
    live = look(MAVEN, variables={"MAVEN_CUSTOM_OPTS"})
    assert asked(live) == {"variable:MAVEN_CUSTOM_OPTS"}
    answered = look(
        MAVEN, {"variable:MAVEN_CUSTOM_OPTS": "-Pprod"}, variables={"MAVEN_CUSTOM_OPTS"}
    )
    assert "./mvnw -B -Pprod clean package\n" in text_of(answered)


@pytest.mark.parametrize("gone", ["gradlew", "gradle/wrapper/gradle-wrapper.jar", "build.gradle"])
def test_gradle_needs_its_wrapper_and_a_build(gone: str) -> None:
    files = {path: text for path, text in GRADLE.items() if path != gone}
    wanted = {"gradle-task", "web-command"} if gone == "build.gradle" else {"gradle-wrapper"}
    assert asked(look(files)) & wanted


def test_the_plain_jar_is_not_the_one() -> None:
    found = look({**GRADLE, "Procfile": "web: java -jar build/libs/*.jar\n"})
    assert "-jar build/libs/clinic-0.1.0.jar" in text_of(found, "Procfile")


def test_a_toolchain_decides_against_system_properties() -> None:
    found = look({**GRADLE, "system.properties": "java.runtime.version=25\n"})
    assert base_of(found) == "eclipse-temurin:21-jre-jammy"
    assert "java-version-conflict" in said(found)


def test_an_old_gradle_gets_a_java_that_it_can_run_on() -> None:
    wrapper = GRADLEW["gradle/wrapper/gradle-wrapper.properties"].replace("8.8", "6.9.2")
    build = "plugins { \n id 'org.springframework.boot' version '2.3.0'\n}\n"
    found = look(
        {**GRADLE, "gradle/wrapper/gradle-wrapper.properties": wrapper, "build.gradle": build}
    )
    assert base_of(found) == "eclipse-temurin:11-jre-jammy"
    assert "java-version-missing" in said(found)


def test_a_build_that_the_buildpack_does_not_know_is_a_question() -> None:
    files = {**GRADLE, "build.gradle": "plugins {\n    application\n}\n"}
    assert asked(look({**files, "Procfile": "web: ./start.sh\n"})) == {"gradle-task"}
    told = look({**files, "Procfile": "web: build/install/clinic/bin/clinic\n"})
    assert "./gradlew --no-daemon installDist -x check\n" in text_of(told)
    named = look({**files, "Procfile": "web: x\n", "app.json": '{"env": {"GRADLE_TASK": "dist"}}'})
    assert "./gradlew --no-daemon dist\n" in text_of(named)


def test_maven_goes_before_gradle_as_on_heroku() -> None:
    both = {**GRADLE, **MAVEN}
    assert look(both).main == "java"
    assert look({**both, "Procfile": "web: java -jar build/libs/x.jar\n"}).main == "gradle"


def test_code_that_a_buildpack_brought_is_a_question() -> None:
    files = {
        "app.json": '{"buildpacks": [{"url": "heroku/jvm"}, {"url": "acme/acme-buildpack"}]}',
        "Procfile": "web: ./bin/start\n",
    }
    found = look(files)
    assert asked(found) == {"code-from-buildpack"}
    assert "acme/acme-buildpack" in str(found.questions[0].found[0])


def test_an_app_in_a_folder_copies_its_script_from_there() -> None:
    procfile = "web: java -javaagent:agent.jar -jar target/clinic-1.2.0-SNAPSHOT.jar\n"
    files = {f"api/{path}": text for path, text in {**MAVEN, "Procfile": procfile}.items()}
    found = look({**files, "README.md": ""})
    assert "at start.\nCOPY api/docker-jdbc.sh ./\n" in text_of(found)
    assert found.file("api/docker-jdbc.sh") is not None
