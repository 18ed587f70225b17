"""Releases of Python and Node: end of support, Debian of their images, what they bring along.

Sources: devguide.python.org/versions, github.com/nodejs/release, Docker Hub's official images. The
dates of lines that were not released when this was written are those announced.
"""

from datetime import date

PYTHON = {
    (3, 6): (date(2021, 12, 23), "bullseye"),
    (3, 7): (date(2023, 6, 27), "bookworm"),
    (3, 8): (date(2024, 10, 7), "bookworm"),
    (3, 9): (date(2025, 10, 31), "bookworm"),
    (3, 10): (date(2026, 10, 31), "bookworm"),
    (3, 11): (date(2027, 10, 31), "bookworm"),
    (3, 12): (date(2028, 10, 31), "bookworm"),
    (3, 13): (date(2029, 10, 31), "bookworm"),
    (3, 14): (date(2030, 10, 31), "bookworm"),
}
"""(major, minor) → end of support, Debian of the slim image."""
PYTHON_DEFAULT = (3, 14)
"""Heroku's default for a new app without a version."""
PYTHON_OLDEST = (3, 10)
PYTHON_OLD = {(3, 4): date(2019, 3, 18), (3, 5): date(2020, 9, 30)}
"""End of support of lines whose image can be pulled, though its Debian's archive moved."""

NODE = {
    12: (date(2022, 4, 30), "bullseye"),
    14: (date(2023, 4, 30), "bullseye"),
    16: (date(2023, 9, 11), "bookworm"),
    18: (date(2025, 4, 30), "bookworm"),
    20: (date(2026, 4, 30), "bookworm"),
    22: (date(2027, 4, 30), "bookworm"),
    24: (date(2028, 4, 30), "bookworm"),
}
"""Even majors with an image whose Debian archive still answers. Odd ones never are long-term."""
NODE_OLD = {
    4: date(2018, 4, 30), 5: date(2016, 6, 30), 6: date(2019, 4, 30), 7: date(2017, 6, 30),
    8: date(2019, 12, 31), 9: date(2018, 6, 30), 10: date(2021, 4, 30), 11: date(2019, 6, 30),
    13: date(2020, 6, 1),
}  # fmt: skip
"""End of support of lines whose image can be pulled, though its Debian's archive moved."""
NODE_DEFAULT = 24
"""The active long-term line: Heroku's default, and its cap for wide ranges."""
NODE_ODD = {17: 18, 19: 20, 21: 22, 23: 24}
NPM_OF_NODE = {
    4: 2,
    5: 3,
    6: 3,
    7: 4,
    8: 6,
    9: 5,
    10: 6,
    11: 6,
    12: 6,
    13: 6,
    14: 6,
    16: 8,
    18: 10,
    20: 10,
    22: 10,
    24: 11,
}
"""The major of npm that an image brings."""
COREPACK = "0.34.0"
YARN_CLASSIC = "1.22.22"
PNPM_OF_LOCK = {"5.3": "6", "5.4": "7", "6.0": "8", "6.1": "8", "9.0": "9"}
"""lockfileVersion → pnpm's major that reads it as it is."""
POETRY_OF_LOCK = {"1.1": "1.4.2", "2.0": "1.8.5", "2.1": "2.2.1"}
POETRY_DEFAULT = "2.2.1"
PIPENV = "2025.0.4"
UV = "0.9.5"
SUPERCRONIC = ("v0.2.33", "71b0d58cc53f6bd72cf2f293e09e294b79c666d8")
"""Release and SHA-1 of supercronic-linux-amd64, as its release page prints them."""
EOL_ARCHIVE = {"bullseye": date(2026, 8, 31)}
"""When Debian's long-term support ends; the archive moves some time after."""
