"""Functions as text: the very formulas that train here, written into a program that stands by itself."""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from functools import cache
from textwrap import dedent

Function = Callable[..., object]


@cache
def read_expression(function: Function) -> str | None:
    """What a function returns, such as ``2.0 * x + 3.0``; ``None`` if it does more than return one expression."""
    tree = ast.parse(dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef), f"{function.__name__} is a lambda; write it as a named function"
    body = tree.body[1:] if ast.get_docstring(tree) else tree.body
    returned = body[0]
    if len(body) > 1 or not isinstance(returned, ast.Return) or returned.value is None:
        return None
    return ast.unparse(returned.value)


def collect_definitions(function: Function) -> dict[str, str]:
    """The definitions that a function needs, by name, itself the last: constants, imports, helpers.

    Annotations and comments are left out; a name that is neither of these is an error of ours.
    """
    tree = ast.parse(dedent(inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    found: dict[str, str] = {}
    body = ast.Module(tree.body, [])
    for name in sorted({node.id for node in ast.walk(body) if isinstance(node, ast.Name)}):
        if name in function.__globals__:
            found |= _define_name(name, function.__globals__[name])
    return found | {function.__name__: ast.unparse(_strip_annotations(tree))}


def _define_name(name: str, value: object) -> dict[str, str]:
    if getattr(math, name, None) is value:
        return {name: f"from math import {name}"}
    if getattr(value, "__name__", "") == "numpy":
        return {}  # the program has it
    if isinstance(value, int | float):
        return {name: f"{name} = {value!r}"}
    assert inspect.isfunction(value), f"{name} is {value!r}, which no exported program can define"
    return collect_definitions(value)


def _strip_annotations(tree: ast.FunctionDef) -> ast.FunctionDef:
    """The function without annotations, and of its docstring the first line."""
    tree.returns = None
    if docstring := ast.get_docstring(tree):
        tree.body[0] = ast.Expr(ast.Constant(docstring.splitlines()[0]))
    arguments = tree.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        argument.annotation = None
    return tree
