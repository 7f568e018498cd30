"""What the fork server imports before it is asked for a worker: TensorFlow and the engine, loaded once for all."""

from playground.compute.loading import let_go, load_engine

load_engine()
let_go()
