"""Imported by the fork server at its start: loads TensorFlow and the engine once for all workers."""

from playground.compute.loading import load_engine, release_pages

load_engine()
release_pages()
