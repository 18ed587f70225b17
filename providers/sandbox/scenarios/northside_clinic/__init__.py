"""A clinic on MedStack: three services of one image, Redis, and a database on Azure that only the
cluster reaches."""
