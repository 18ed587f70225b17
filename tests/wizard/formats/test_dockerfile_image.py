"""What a Dockerfile tells of its image: by stages, as Docker inherits it."""

import pytest

from wizard.formats.dockerfile import read_dockerfile
from wizard.formats.dockerfile_image import ToldImage, told_image


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("FROM a\n", "", ToldImage()),
        ('FROM a\nUSER payer\nCMD ["x"]\n', "", ToldImage(None, ("x",), "payer")),
        ('FROM a\nENTRYPOINT ["/e"]\n', "", ToldImage(("/e",), (), None)),
        ('FROM a\nCMD ["x"]\nENTRYPOINT ["/e"]\n', "", ToldImage(("/e",), ("x",), None)),
        (
            'FROM a AS b\nUSER one\nCMD ["x"]\nFROM b\nENTRYPOINT /e\n',
            "",
            ToldImage(("/bin/sh", "-c", "/e"), (), "one"),
        ),
        ('FROM a AS b\nCMD ["x"]\nFROM c\nUSER 5\n', "B", ToldImage(None, ("x",), None)),
        (
            'FROM a\nUSER x\nCOPY q/.aptible/start /.aptible/start\nENTRYPOINT ["/bin/sh"]\n',
            "",
            ToldImage(None, None, "x"),
        ),
    ],
)
def test_entry_point_command_and_user(text: str, target: str, expected: ToldImage) -> None:
    assert told_image(read_dockerfile(text), target) == expected
