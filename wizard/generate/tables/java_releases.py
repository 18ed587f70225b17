"""Releases of Java and what Gradle can run on: data, no code.

Sources: adoptium.net/support, docs.gradle.org/current/userguide/compatibility.html.
"""

from datetime import date

JAVA = {
    8: date(2030, 12, 31),
    11: date(2027, 10, 31),
    17: date(2027, 10, 31),
    21: date(2029, 12, 31),
    25: date(2031, 9, 30),
}
"""Long-term releases with Temurin images → end of their updates."""
JAVA_DEFAULT = 21
NEWEST_OF_GRADLE = (((9, 1), 25), ((8, 5), 21), ((7, 3), 17), ((5, 0), 11), ((0, 0), 8))
"""From this version of Gradle on → the newest long-term Java that it runs on."""
MAVEN = "3.9"
UBUNTU = "jammy"
"""The Ubuntu of the images: its packages are named as on heroku-22, and mostly as in Debian 12."""
