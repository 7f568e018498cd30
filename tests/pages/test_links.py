"""Links that hold what a page does not read: it says so, once, and opens."""

import pytest

from tests.support.app_tests import open_page

DEEP = "passes=20&depth_b=2"


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("classify", "epochs=20&dataset=sine", ["dataset was 'sine'"]),
        ("train", "epochs=20&dataset=moons", ["dataset was 'moons'"]),
        ("train", "epochs=20&loss=hinge", ["loss was 'hinge'"]),
        ("train", "noise=250&learning_rate=hello&epoch=99999", ["noise was", "learning_rate was", "epoch was"]),
        ("train", "epochs=20&foo=1", ["'foo' is no setting of this page, so it was ignored."]),
        ("overfit", "passes=20&noise=3", ["'noise' is no setting of this page"]),
        ("gradients", f"{DEEP}&depth_a=99&rate=1", ["depth_a was", "'rate' is no setting of this page"]),
        ("landscape", "epochs=20&story=race&threshold=0.5", ["'threshold' is no setting of this page"]),
        ("classify", "epochs=20&threshold=0.4&story=race", ["'story' is no setting of this page"]),
        ("losses", "shown=mse&story=race", ["'story' is no setting of this page"]),
        ("compare", "epochs=20&seeds=3&story=race", ["'story' is no setting of this page"]),
        ("train", "epochs=20&noise=1&noise=2", ["noise was given 2 times"]),
    ],
)
def test_what_a_page_ignores_or_changes_is_said(name: str, query: str, said: list[str]) -> None:
    texts = [warning.value.replace("`", "") for warning in open_page(name, query).warning]
    assert len(texts) == len(said), texts
    for part in said:
        assert any(part in text for text in texts), (part, texts)
