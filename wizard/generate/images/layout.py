"""Where Aptible reads Procfile and .aptible.yml: in a push's root, or in the image."""

from dataclasses import dataclass

START = ".aptible/start"


@dataclass(frozen=True)
class Layout:
    """`in_root`: a git push deploys, and both are read in the repository's root; else from the
    image (Aptible's documentation of both ways)."""

    procfile: str
    hooks: str
    in_root: bool

    def copied(self, path: str) -> bool:
        """Whether the image needs the file: what Aptible reads in the root it does not."""
        return not (self.in_root and path in (self.procfile, self.hooks))


IN_IMAGE = Layout(".aptible/Procfile", ".aptible/.aptible.yml", in_root=False)
IN_ROOT = Layout("Procfile", ".aptible.yml", in_root=True)
