"""A project of services in containers as an inventory, whichever source its services come from."""
