"""The screens, drawn from journals that were recorded on the sandbox."""
