"""Whatever lies in a repository: files, findings and named questions; never a traceback."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wizard.generate.repositories import REPOSITORIES
from wizard.formats.dockerfile import read_dockerfile
from wizard.generate.known import Known
from wizard.generate.propose import propose
from wizard.model.repo_view import Snapshot

PARTS = sorted({(path, text) for files in REPOSITORIES.values() for path, text in files.items()})
BROKEN = st.tuples(
    st.sampled_from(sorted({path for path, _ in PARTS} | {"Dockerfile", "heroku.yml", ".nvmrc"})),
    st.text(max_size=30) | st.sampled_from(["{}", "[]", "null", "web:", "a: b", "x" * 400]),
)
COMMANDS = st.text(alphabet="abc .-$&|;'\"(){}=><\\`n", max_size=30)


@given(
    parts=st.lists(st.sampled_from(PARTS), max_size=12),
    broken=st.lists(BROKEN, max_size=2),
    command=COMMANDS,
)
@settings(max_examples=60, deadline=None)
def test_any_mixture(
    parts: list[tuple[str, str]], broken: list[tuple[str, str]], command: str
) -> None:
    files = {**dict(parts), **dict(broken)}
    known = Known(processes={"web": command, "worker": command})
    below = propose(
        Snapshot.of({f"sub/{path}": text for path, text in files.items()}),
        known,
        date(2026, 7, 1),
        {"path": "sub"},
    )
    assert below.questions or below.file("Dockerfile") is not None
    found = propose(Snapshot.of(files), known, date(2026, 7, 1))
    dockerfile = found.file("Dockerfile")
    if dockerfile is not None:
        read_dockerfile(dockerfile.text)
    for file in found.files:
        assert file.changed == bool(file.diff())
    if dockerfile is None:
        assert found.questions
