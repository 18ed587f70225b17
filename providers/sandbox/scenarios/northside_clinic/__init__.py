"""A clinic on MedStack: three processes of one image, a scheduler, Redis, and a database on Azure
that only the cluster reaches."""
