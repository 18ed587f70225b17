"""A build on an image that exists: its files and settings, the COPY lines, a start script."""

import subprocess
from pathlib import Path

import pytest

from providers.sandbox.aptible.build_root import assembled
from providers.sandbox.aptible.buildfiles import Build, BuildFailed, read_build
from providers.sandbox.containers.image import ContainerImage, ImageShelf
from providers.sandbox.containers.root import ContainerRoot

NAME = "registry.example.net/clinic/portal"
START = 'mkdir -p /run/secrets\nprintf %s "$KEY" > /run/secrets/key\nunset KEY\nexec "$@"\n'


@pytest.fixture
def image(tmp_path: Path) -> ContainerImage:
    program = tmp_path / "image" / "srv" / "app"
    program.mkdir(parents=True)
    (program / "show.sh").write_text('cat "$KEY_FILE" /srv/app/more; echo " ${KEY-gone}"\n')
    return ContainerImage(
        NAME,
        "1.0",
        content=tmp_path / "image",
        env={"PORT": "8000"},
        command=("sh", "show.sh"),
        working_dir="/srv/app",
        ports=(8000,),
    )


def checked_out(folder: Path, first: str, *more: str) -> Path:
    """A repository with such a Dockerfile, a Procfile and a start script."""
    (folder / ".aptible").mkdir(parents=True)
    (folder / ".aptible" / "start").write_text(START)
    (folder / "more").write_text(" and more")
    (folder / "Procfile").write_text("web: sh show.sh\n")
    (folder / "Dockerfile").write_text("\n".join([first, *more, ""]))
    return folder


def built(checkout: Path, image: ContainerImage) -> Build:
    """What the sandbox's Aptible reads, when it can pull this image."""
    shelf = ImageShelf()
    shelf.put(image)
    return read_build(checkout, shelf)


@pytest.mark.parametrize("by", ["tag", "digest", "both"])
def test_its_files_and_settings_and_what_is_copied(
    tmp_path: Path, image: ContainerImage, by: str
) -> None:
    tag, digest = f":{image.tag}", f"@{image.digest}"
    reference = NAME + {"tag": tag, "digest": digest, "both": tag + digest}[by]
    lines = (
        "COPY more ./",
        "COPY .aptible/start /.aptible/start",
        'ENTRYPOINT ["/bin/sh", "/.aptible/start"]',
    )
    checkout = checked_out(tmp_path / "one", f"FROM --platform=linux/amd64 {reference}", *lines)
    build = built(checkout, image)
    assert (build.env, build.ports) == ({"PORT": "8000"}, (8000,))
    assert build.processes == {"web": "/bin/sh /.aptible/start sh show.sh"}

    root = ContainerRoot.copy_of(Path(assembled(checkout, build)), tmp_path / "container")
    root.rewrite_scripts()
    env = {"KEY": "a-key", "KEY_FILE": root.rewritten("/run/secrets/key"), "PATH": "/usr/bin:/bin"}
    # As the container's own shell would: the image's program knows paths by its variables only.
    show = root.place("/srv/app/show.sh")
    show.write_text(root.rewritten(show.read_text()))
    ran = subprocess.run(
        ["/bin/sh", "-c", root.rewritten(build.processes["web"])],
        cwd=root.place(build.working_dir),
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "a-key and more gone\n"


def test_another_tag_is_an_image_that_nobody_has(tmp_path: Path, image: ContainerImage) -> None:
    checkout = checked_out(tmp_path / "one", f"FROM {NAME}:2.0")
    assert built(checkout, image).base is None


def test_a_copy_of_what_is_not_there_ends_the_build(tmp_path: Path, image: ContainerImage) -> None:
    (tmp_path / "secret").write_text("x")
    for number, source in enumerate(("nothing", "../secret")):
        lines = (f"FROM {NAME}:1.0", f"COPY {source} /srv/app/")
        checkout = checked_out(tmp_path / f"checkout-{number}", *lines)
        with pytest.raises(BuildFailed, match="file not found in build context"):
            assembled(checkout, built(checkout, image))
