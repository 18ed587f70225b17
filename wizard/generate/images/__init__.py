"""Files for apps whose images exist already, or are built by a Dockerfile of a project."""

from wizard.generate.images.in_root import RootProject, propose_in_root
from wizard.generate.images.propose import ImageProject, propose_for_images

__all__ = ["ImageProject", "RootProject", "propose_for_images", "propose_in_root"]
