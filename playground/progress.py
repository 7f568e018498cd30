"""How long work tells its caller how far it is."""

from __future__ import annotations

from collections.abc import Callable

# Is given the share of the work that is done, 0 to 1. Work that can be stopped ends early if it returns ``False``.
Progress = Callable[[float], object]
