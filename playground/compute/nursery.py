"""Where workers come from: ``python -m playground.compute.nursery``, started by the server.

The first line on its input says where workers are to call. It loads TensorFlow once; each line then
asks for a worker, which on Linux is a copy of this process that needs no loading and shares its
memory. Elsewhere a copy is not safe, and a worker loads anew. The nursery never computes, since a
process that has begun to cannot be copied. When the input ends, so does it.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import sys

from playground.compute.loading import let_go, load_engine
from playground.compute.worker import serve

COPIES = sys.platform == "linux"


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, whose end is ours
    where = json.loads(sys.stdin.readline())
    address, key = where["address"], bytes.fromhex(where["key"])
    multiprocessing.set_start_method("fork" if COPIES else "spawn")
    if COPIES:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a worker that has ended leaves nothing behind
        load_engine()
        let_go()
    for _ in sys.stdin:
        multiprocessing.Process(target=serve, args=(address, key), daemon=True).start()


if __name__ == "__main__":
    main()
