"""The repository of a target-side runner: a wheel of this moveday, a lock file, a Dockerfile."""
