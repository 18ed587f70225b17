"""MedStack Control's API v1, served on loopback: one company with clusters and their services."""
