"""Tables and prose as HTML: one element, drawn faster than Streamlit draws as many of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from playground.losses import Loss
from playground.text.language import N_, _
from playground.ui.icons import stroke

ROW = N_("Row")
_EQUATION = re.compile(r"\S+ = \S+(?: [+−] \S+)?")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "answers") -> str:
    """A table whose first column asks and whose others answer; ``head`` is HTML, the cells are text.

    An empty head is named for screen readers, which else say nothing of what stands below it.
    ``kind`` is a class of the style sheet: ``answers`` for numbers, ``answers words`` for words, with
    ``marks`` if each cell begins with a mark that is to stand out, ``answers kinds`` for others.
    """
    unnamed = f' aria-label="{escape(_(ROW))}"'
    top = "".join(f'<th scope="col"{"" if cell else unnamed}>{cell}</th>' for cell in head)
    body = ""
    for question, *answers in rows:
        cells = "".join(f"<td>{escape(answer)}</td>" for answer in answers)
        body += f'<tr><th scope="row">{escape(question)}</th>{cells}</tr>'
    return f'<table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def loss_name(loss: Loss) -> str:
    """A loss's name under its stroke, as the charts draw it."""
    return f'<img src="{stroke(loss.key)}" alt=""><br>{escape(loss.label)}'


def loss_line(loss: Loss) -> str:
    """A loss in a line: its stroke, its name, and what it is."""
    return f'<p><img src="{stroke(loss.key)}" alt=""> <b>{escape(loss.label)}</b>: {escape(loss.summary)}</p>'


def section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def prose(*sentences: str, small: bool = False) -> str:
    kind = ' class="small"' if small else ""
    # No line breaks inside an equation.
    texts = [_EQUATION.sub(lambda equation: equation[0].replace(" ", "&nbsp;"), escape(text)) for text in sentences]
    return "".join(f"<p{kind}>{text}</p>" for text in texts)


def side_by_side(sections: Iterable[str]) -> str:
    """Sections in columns, under each other where it is narrow."""
    return f'<div class="sections">{"".join(sections)}</div>'


def wide(markup: str) -> str:
    """What may be wider than a phone: it scrolls by itself."""
    return f'<div class="wide" tabindex="0">{markup}</div>'
