"""Mutations of bytes, of the tokens of a text, of the tree of JSON: small and blind, drawn from a ``Random``."""

import json
import random
import re
from collections.abc import Sequence
from typing import Any

BAD_BYTES = (
    b"\x00",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\r\n",
    b"\n",
    b"\t",
    b"\xe2\x80\xae",
    b"\x7f",
)
"""A NUL, bytes that are not UTF-8, an encoded surrogate, a character beyond the last, line ends, a bidi control."""
BAD_TEXTS = (
    "", " ", "\x00", "\ud800", "\udfff", "\ufffe", "\u202e", "\u2066", "é", "😀", "%", "%zz", "%00", "%ff", "\\u0000", "\\uD800",
    "'", '"', "<", ">", "{", "}", "[", "]", "(", ")", "\\", "..", "/", "//", "../..", "@", "#", "?", "&", "=", ";", ",", "-1", "0",
    "1e999", "NaN", "99999999999999999999", "-0", "1-1-1", "null", "true", "_:b", "<x:a>", "<<( <x:a> <x:b> 1 )>>", "urn:x",
    "http://[::1", "http://a:b:c/", "http://%zz/", "a" * 300, "x" * 5000,
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 1e308, 0.1, 10**40)
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_MAX_REPEATS = (2, 3, 10, 100, 1000)


def mutate_bytes(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four places changed, deleted, repeated or exchanged."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 1, 2, 8, 64)))
        piece = data[start:end]
        match chance.randrange(6):
            case 0:
                piece = bytes(byte ^ 1 << chance.randrange(8) for byte in piece)
            case 1:
                piece = b""
            case 2:
                piece *= chance.choice(_MAX_REPEATS)
            case 3:
                piece += chance.choice(BAD_BYTES)
            case 4:
                piece = bytes(chance.randrange(256) for _ in range(chance.randrange(8)))
            case _:
                return data[:start]
        data = data[:start] + piece + data[end:]
    return data


def mutate_text(text: str, chance: random.Random, others: Sequence[str] = ()) -> str:
    """The text with one to four tokens removed, repeated, exchanged, or replaced; ``others`` lend their tokens."""
    tokens = _TOKEN.findall(text) or [""]
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(tokens))
        match chance.randrange(8):
            case 0:
                del tokens[at : at + chance.choice((1, 2, 5))]
            case 1:
                tokens[at] *= chance.choice(_MAX_REPEATS)
            case 2:
                other = chance.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            case 3:
                tokens[at] = chance.choice(BAD_TEXTS)
            case 4:
                tokens.insert(at, chance.choice(BAD_TEXTS))
            case 5 if others:
                lent = _TOKEN.findall(chance.choice(others))
                start = chance.randrange(len(lent) + 1)
                tokens[at:at] = lent[start : start + chance.choice((1, 3, 20))]
            case 6:
                end = min(len(tokens), at + chance.choice((2, 5, 20)))
                tokens[at:end] = tokens[at:end] * chance.choice((2, 3, 50))
            case _:
                tokens = tokens[: at + 1]
        tokens = tokens or [""]
    return "".join(tokens)


def mutate_json(value: Any, chance: random.Random, depth: int = 0) -> Any:
    """The value with one part of its tree replaced, removed, nested or repeated."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        match chance.randrange(8):
            case 0:
                return {name: member for name, member in value.items() if name != key}
            case 1:
                return {**value, chance.choice(BAD_TEXTS): value[key]}
            case _:
                return {**value, key: mutate_json(value[key], chance, depth + 1)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        match chance.randrange(6):
            case 0:
                return value * chance.choice((0, 2, 20))
            case 1:
                return value[:at] + value[at + 1 :]
            case _:
                return [*value[:at], mutate_json(value[at], chance, depth + 1), *value[at + 1 :]]
    return _replace_value(value, chance)


def _replace_value(value: Any, chance: random.Random) -> Any:
    match chance.randrange(9):
        case 0:
            return None
        case 1:
            return chance.choice(NUMBERS)
        case 2:
            return chance.choice(BAD_TEXTS)
        case 3:
            return [value]
        case 4:
            return {"@id": value} if chance.random() < 0.5 else {chance.choice(BAD_TEXTS): value}
        case 5:
            return nest(value, chance.choice((10, 100, 400)), chance)
        case 6:
            return not value
        case 7 if isinstance(value, str):
            return mutate_text(value, chance)
        case _:
            return []


def nest(value: Any, depth: int, chance: random.Random) -> Any:
    """The value inside so many lists or objects."""
    as_list = chance.random() < 0.5
    for _ in range(depth):
        value = [value] if as_list else {"and": value}
    return value


def nested_text(opening: str, closing: str, depth: int, inside: str = "") -> str:
    """Brackets around brackets."""
    return opening * depth + inside + closing * depth


def encode_json(value: Any, chance: random.Random) -> bytes:
    """JSON text, sometimes with numbers or literals that JSON does not have, or as another encoding."""
    text = json.dumps(value, ensure_ascii=chance.random() < 0.7)
    encoding = chance.choice(("utf-8", "utf-8", "utf-8", "utf-8", "utf-16", "latin-1"))
    return text.encode(encoding, "surrogatepass" if encoding != "latin-1" else "replace")
