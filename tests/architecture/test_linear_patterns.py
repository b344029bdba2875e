"""Every regular expression of kg and api takes time linear in its text, whatever the text.

Each pattern is tried with the methods the code calls, on texts derived from the pattern itself: repetitions of what its
parts accept, with beginnings and ends that almost match. CPU time may grow by the size of the text, not by its square.
"""

import ast
import importlib
import itertools
import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from pattern_samples import sample_texts

_ROOT = Path(__file__).parents[2]
_FILES = sorted(path for package in ("kg", "api") for path in (_ROOT / package).rglob("*.py"))
_METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
_SIZES = (32, 512, 2_048, 16_384)
_FACTOR = _SIZES[-1] / _SIZES[-2]
_IGNORED_S = 0.02
"""Shorter times say nothing about growth."""
_LIMIT_S = 1
"""No pattern takes so long for 16 kB in linear time."""

Pattern = re.Pattern[str] | re.Pattern[bytes]


def _patterns_of(value: Any, name: str) -> Iterator[tuple[str, Pattern]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif isinstance(value, tuple | list):
        yield from (pair for item in value for pair in _patterns_of(item, name))
    elif isinstance(value, dict):
        yield from (pair for item in value.values() for pair in _patterns_of(item, name))


def _attributes(path: Path) -> Iterator[tuple[str, Pattern]]:
    """Compiled patterns in attributes of the module and of its classes, by the name of the attribute."""
    module = importlib.import_module(".".join(path.relative_to(_ROOT).with_suffix("").parts))
    owners = [module, *(value for value in vars(module).values() if isinstance(value, type))]
    for owner in owners:
        for name, value in vars(owner).items():
            yield from _patterns_of(value, name)


def _literals(tree: ast.AST) -> Iterator[tuple[str, Pattern, str]]:
    """Patterns that are literals in calls of ``re``, with the method called."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[ast.Constant(value=str(text)), *_]
            ) if method in _METHODS:
                yield text, re.compile(text), method


def _used_methods(trees: list[ast.Module]) -> dict[str, set[str]]:
    """Names on which a method of a pattern is called, and the methods."""
    used: dict[str, set[str]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Attribute(value=ast.Name(id=name) | ast.Attribute(attr=name), attr=method) if method in _METHODS:
                used.setdefault(name, set()).add(method)
    return used


def _collect() -> dict[str, tuple[Pattern, frozenset[str]]]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in _FILES]
    used = _used_methods(trees)
    found: dict[str, tuple[Pattern, frozenset[str]]] = {}
    for path, tree in zip(_FILES, trees, strict=True):
        short = path.relative_to(_ROOT)
        if path.name != "__main__.py":
            for name, pattern in _attributes(path):
                methods = frozenset(used.get(name, {"search", "fullmatch"}))
                found.setdefault(f"{short} {name} {pattern.pattern[:20]!r}", (pattern, methods))
        for text, pattern, method in _literals(tree):
            found[f"{short} {method}({text!r})"] = (pattern, frozenset({method}))
    return found


_PATTERNS = _collect()


def _operation(pattern: Any, method: str) -> Callable[[Any], object]:
    if method in ("sub", "subn"):
        nothing = b"" if isinstance(pattern.pattern, bytes) else ""
        return lambda text: pattern.sub(nothing, text)
    if method == "finditer":
        return lambda text: sum(1 for _ in pattern.finditer(text))
    operation: Callable[[Any], object] = getattr(pattern, method)
    return operation


class _TooSlowError(Exception):
    pass


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise _TooSlowError


def _cpu_s(operation: Callable[[Any], object], text: Any) -> float:
    """CPU seconds of the fastest of up to three runs; one run if it is fast anyway. Raises _TooSlowError."""
    best = float("inf")
    previous = signal.signal(signal.SIGVTALRM, _interrupt)
    try:
        for _ in range(3):
            signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT_S)
            before = time.process_time()
            operation(text)
            best = min(best, time.process_time() - before)
            if best < _IGNORED_S:
                break
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)
    return best


def grows_faster_than_text(pattern: Pattern, method: str, make_text: Callable[[int], str]) -> bool:
    """Whether CPU time grows clearly faster than the size of the text."""
    operation = _operation(pattern, method)
    encode: Callable[[str], str | bytes] = str.encode if isinstance(pattern.pattern, bytes) else str
    times = []
    try:
        for size in _SIZES:
            times.append(_cpu_s(operation, encode(make_text(size))))
            if len(times) == len(_SIZES) - 1 and times[-1] < _IGNORED_S / _FACTOR**2:
                return False  # even quadratic growth would stay short
    except _TooSlowError:
        return True
    return times[-1] > _IGNORED_S and times[-1] > 3 * _FACTOR * times[-2]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(_PATTERNS))
def test_a_pattern_takes_time_linear_in_its_text(name: str) -> None:
    pattern, methods = _PATTERNS[name]
    texts = list(sample_texts(pattern, random.Random(name)))
    slow = next(
        (
            (method, make_text(40))
            for method, make_text in itertools.product(sorted(methods), texts)
            if grows_faster_than_text(pattern, method, make_text)
        ),
        None,
    )
    assert slow is None, f"{pattern.pattern!r} takes superlinear time"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [r"[\w\-]*:[\w.\-]*\d[\w.\-]*", r"\s+$", r"(?:a+)+b", r"a*a*$", r'"[^\n]*"x', r"(?:a|aa)+$", r"<!--.*?-->"]
)
def test_a_pattern_that_takes_superlinear_time_is_found(text: str) -> None:
    pattern = re.compile(text)
    texts = sample_texts(pattern, random.Random(text))
    assert any(grows_faster_than_text(pattern, "search", make_text) for make_text in texts)


def test_patterns_are_collected_from_attributes_tuples_and_calls() -> None:
    assert any("fingerprint.py _VARYING" in name for name in _PATTERNS)
    assert any("sparql_text.py" in name for name in _PATTERNS)
    assert any("incident_name.py sub(" in name for name in _PATTERNS)
