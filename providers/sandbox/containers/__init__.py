"""Containers of images, as far as the sandbox has them: folders of files and real processes."""
