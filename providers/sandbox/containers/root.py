"""Where does a container find its files? Below a folder of its own that stands for its `/`.

Nothing of this machine is hidden from it, and nothing is ever written to this machine's own /run or
/srv: absolute paths of the container are rewritten where they are said: in its command, in its
variables and in the scripts that a build has put into the image.
"""

import base64
import gzip
import re
import shutil
from pathlib import Path

# Where the platform mounts, and where a program keeps what no disk shall hold.
_ALWAYS = ("run/secrets", "dev/shm")
# A program's shared folders: `tmp` is told by TMPDIR, the others are this machine's own.
_NEVER = frozenset({"run", "dev", "tmp", "bin", "usr", "lib", "proc", "sys"})
_SCRIPTS = ".aptible"
# A program that is too long for one argument comes packed in its line, and is unpacked there.
_PACKED = re.compile(r"(?<=echo )[A-Za-z0-9+/]{40,}=*(?= \| base64 -d \| gunzip)")


class ContainerRoot:
    """The folder `folder` as a container's `/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in (*_ALWAYS, "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    @classmethod
    def copy_of(cls, content: Path | None, folder: Path) -> "ContainerRoot":
        """A root with the files of an image, each container's own."""
        if content is None:
            folder.mkdir(parents=True)
        else:
            shutil.copytree(content, folder, symlinks=True)
        return cls(folder)

    def place(self, path: str) -> Path:
        """Where a path of the container really is. ValueError for one that leads out."""
        found = self.folder / path.lstrip("/")
        if ".." in Path(path).parts:
            raise ValueError(f"{path} leads out of the container")
        return found

    def write(self, path: str, data: bytes, mode: int) -> None:
        """Put a file there, with the permissions that it shall have."""
        file = self.place(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(data)
        file.chmod(mode)

    def mount(self, volume: Path, path: str) -> None:
        """Let `path` be the folder `volume`, which other containers may have as well."""
        volume.mkdir(parents=True, exist_ok=True)
        target = self.place(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        target.symlink_to(volume)

    def rewritten(self, text: str) -> str:
        """`text` with the container's absolute paths as they are outside, also in what is packed
        in it."""
        text = _PACKED.sub(lambda found: self._repacked(found[0]), text)
        own = [each.name for each in self.folder.iterdir() if each.name not in _NEVER]
        names = "|".join(re.escape(name) for name in (*_ALWAYS, *own))
        # Not behind a word or a slash: that is the middle of another path, or of an address.
        found = re.compile(rf"(?<![\w.@/}})*~])/(?=(?:{names})(?![\w.-]))")
        return found.sub(lambda _: f"{self.folder}/", text)

    def _repacked(self, packed: str) -> str:
        inner = gzip.decompress(base64.b64decode(packed)).decode()
        return base64.b64encode(gzip.compress(self.rewritten(inner).encode())).decode()

    def rewrite_scripts(self) -> None:
        """The same in the files that a build has put beside the app, not in the app's own."""
        folder = self.folder / _SCRIPTS
        for file in folder.rglob("*") if folder.is_dir() else ():
            if file.is_file() and not file.is_symlink():
                file.write_text(self.rewritten(file.read_text()))
