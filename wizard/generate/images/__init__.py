"""Files for apps whose images exist already, or are built by a Dockerfile of a project."""

from wizard.generate.images.propose import ImageProject, propose_for_images

__all__ = ["ImageProject", "propose_for_images"]
