"""What the fork server imports before it is asked for a worker: TensorFlow and the engine, loaded once for all."""

from playground.compute.loading import load_engine, release_pages

load_engine()
release_pages()
