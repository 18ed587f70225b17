"""system.properties: which Java (and Maven) the JVM buildpacks were asked for."""

import re

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import numbered, refuse_binary
from wizard.model.frozen import Frozen

_LINE = re.compile(r"\s*([\w.-]+)\s*[=:\s]\s*(.*?)\s*")
_JAVA = re.compile(r"(?:[a-z][a-z0-9]*-)?(?:1\.)?(\d{1,2})(?:[.u_+-][\w.+-]*)?")


class SystemProperties(Frozen):
    """`java` is the major version, 0 when not named; lines are 0 then too."""

    java: int = 0
    java_text: str = ""
    java_line: int = 0
    maven: str = ""
    maven_line: int = 0


def read_system_properties(text: str, path: str = "system.properties") -> SystemProperties:
    """Read the two properties. Raises FormatError for a Java version that is none."""
    refuse_binary(text, path)
    values: dict[str, tuple[str, int]] = {}
    for number, row in numbered(text):
        if not row.strip() or row.lstrip().startswith(("#", "!")):
            continue
        match = _LINE.fullmatch(row)
        if match:
            values[match.group(1)] = (match.group(2), number)
    java, java_line = values.get("java.runtime.version", ("", 0))
    maven, maven_line = values.get("maven.version", ("", 0))
    major = java_major(java) if java else 0
    if java and not major:
        raise FormatError(path, java_line, f"“{java}” is no version of Java")
    if maven and not re.fullmatch(r"\d{1,3}(\.[\w-]{1,20}){0,4}", maven):
        raise FormatError(path, maven_line, f"“{maven}” is no version of Maven")
    return SystemProperties(
        java=major, java_text=java, java_line=java_line, maven=maven, maven_line=maven_line
    )


def java_major(text: str) -> int:
    """17 for `17`, `17.0.9`, `1.17` or `zulu-17.0.2`, 8 for `1.8.0_202`; 0 for anything else."""
    match = _JAVA.fullmatch(text.strip())
    return int(match.group(1)) if match else 0
