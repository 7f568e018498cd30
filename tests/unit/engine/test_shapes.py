"""Padded sizes."""

import pytest

from playground.engine.shapes import pad_size


def test_a_size_is_padded_to_the_next_that_is_offered() -> None:
    assert [pad_size(size, (16, 64)) for size in (1, 16, 17, 64)] == [16, 16, 64, 64]


def test_a_size_above_all_that_are_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="size is 65; allowed is 64 at most"):
        pad_size(65, (16, 64))
