"""Loading TensorFlow: which pages are given back afterwards, and which compiler is chosen before."""

import os

import pytest

from playground.compute import loading
from playground.compute.loading import QUICK_COMPILER, _find_unchanged_mappings, choose_compiler

# Two libraries as Linux tells of them: the first as it is on the disk, the second with addresses filled in.
MAPPINGS = """\
7f0000000000-7f0000002000 r-xp 00000000 fd:01 42                         /lib/one.so
Rss:                   8 kB
Anonymous:             0 kB
7f0000002000-7f0000003000 r--p 00002000 fd:01 43                         /lib/two.so
Anonymous:             4 kB
7f0000003000-7f0000004000 rw-p 00000000 00:00 0
Anonymous:             0 kB
"""


def test_only_what_is_as_on_the_disk_is_let_go():
    assert _find_unchanged_mappings(MAPPINGS) == [(0x7F0000000000, 0x2000)]


@pytest.mark.parametrize(
    ("tensorflow", "given", "then"),
    [
        ("2.21.3", "", QUICK_COMPILER),
        ("2.21.0", "--xla_dump_to=here", f"--xla_dump_to=here {QUICK_COMPILER}"),
        ("2.21.0", QUICK_COMPILER, QUICK_COMPILER),
        ("2.22.0", "", ""),  # may not know the flag, which would end the process
    ],
)
def test_the_compiler_is_chosen_only_where_its_flag_is_known(
    tensorflow: str, given: str, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "version", lambda package: tensorflow)
    monkeypatch.setenv("XLA_FLAGS", given)
    choose_compiler()
    assert os.environ["XLA_FLAGS"] == then
