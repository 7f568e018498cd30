"""``python -m tests.benchmarks [part ...]`` prints what was asked for beside what is measured, as Markdown."""

import sys
from importlib import import_module

from tests.benchmarks.report import machine, table

PARTS = ("engine", "latency", "start", "landscape", "visitors", "memory", "deep", "sweeps", "classify")

parts = sys.argv[1:] or PARTS
if unknown := set(parts) - set(PARTS):
    raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
figures = [figure for part in parts for figure in import_module(f"tests.benchmarks.{part}").figures()]
print(f"{table(figures)}\n\nMeasured on {machine()}.")
