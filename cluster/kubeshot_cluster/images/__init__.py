"""Builds the container images, with Docker or with buildah."""
