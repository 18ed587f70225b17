"""Small Java repositories, Maven and Gradle, written for these tests: name → path → text."""

Files = dict[str, str]

SPRING = """<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.3.1</version>
  </parent>
  <groupId>org.example</groupId>
  <artifactId>clinic</artifactId>
  <version>1.2.0-SNAPSHOT</version>
  <properties>
    <java.version>17</java.version>
  </properties>
  <dependencies>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-web</artifactId>
    </dependency>
    <dependency>
      <groupId>org.postgresql</groupId>
      <artifactId>postgresql</artifactId>
      <scope>runtime</scope>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.springframework.boot</groupId>
        <artifactId>spring-boot-maven-plugin</artifactId>
      </plugin>
    </plugins>
  </build>
</project>
"""
PLAIN = """<project>
  <artifactId>reports</artifactId>
  <version>2.0</version>
  <build><finalName>reports</finalName></build>
</project>
"""
WRAPPER: Files = {
    "mvnw": "#!/bin/sh\n",
    ".mvn/wrapper/maven-wrapper.properties": "distributionUrl=https://example.org/maven.zip\n",
}
GRADLEW: Files = {
    "gradlew": "#!/bin/sh\n",
    "gradle/wrapper/gradle-wrapper.jar": "",
    "gradle/wrapper/gradle-wrapper.properties": (
        "distributionBase=GRADLE_USER_HOME\n"
        "distributionUrl=https\\://services.gradle.org/distributions/gradle-8.8-bin.zip\n"
    ),
}
GRADLE: Files = {
    **GRADLEW,
    "settings.gradle": "rootProject.name = 'clinic'\n",
    "build.gradle": (
        "plugins {\n    id 'java' // the language\n"
        "    id 'org.springframework.boot' version '3.3.1'\n}\n"
        "version = '0.1.0'\n/* sourceCompatibility = 8 */\n"
        "java {\n    toolchain {\n        languageVersion = JavaLanguageVersion.of(21)\n    }\n}\n"
        "dependencies {\n    implementation 'org.springframework.boot:spring-boot-starter-web'\n"
        "    runtimeOnly 'org.postgresql:postgresql'\n}\n"
    ),
}

JVM: dict[str, Files] = {
    "maven-spring": {
        **WRAPPER,
        "pom.xml": SPRING,
        "system.properties": "java.runtime.version=17\n",
        "Procfile": "web: java $JAVA_OPTS -Dserver.port=$PORT -jar target/*.jar\n",
        "src/main/resources/application.properties": (
            "spring.datasource.url=${JDBC_DATABASE_URL}\n"
        ),
        "src/main/java/App.java": 'class App { File terms = new File("texts/terms.txt"); }\n',
        "texts/terms.txt": "terms\n",
    },
    "maven-plain": {
        "pom.xml": PLAIN,
        "system.properties": "# as on Heroku\njava.runtime.version = 11\nmaven.version=3.8.6\n",
        "Procfile": "web: sh bin/serve\nworker: java -cp target/classes org.example.Worker\n",
        "bin/serve": "#!/bin/sh\njava -jar target/reports.jar\n",
        "settings.xml": "<settings><server>${env.MAVEN_TOKEN}</server></settings>\n",
    },
    "gradle-spring": dict(GRADLE),
    "gradle-kotlin": {
        **GRADLEW,
        "settings.gradle.kts": 'rootProject.name = "clinic"\ninclude(":server")\n',
        "server/build.gradle.kts": (
            "plugins {\n    application\n    alias(libs.plugins.ktor)\n}\n"
            "kotlin {\n    jvmToolchain(17)\n}\n"
            'tasks.register("stage") {\n    dependsOn("installDist")\n}\n'
        ),
        "gradle/libs.versions.toml": '[plugins]\nktor = "io.ktor.plugin:2.3.0"\n',
        "Procfile": "web: server/build/install/server/bin/server\n",
    },
}
