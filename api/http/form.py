"""Parses ``application/x-www-form-urlencoded`` (https://url.spec.whatwg.org/#urlencoded-parsing), in linear time.

A body of two megabytes takes milliseconds here and most of a second in ``urllib.parse``, whose escapes are decoded one
by one; the event loop cannot wait so long. Knows no parameter.
"""

import re
from binascii import a2b_qp
from collections.abc import Mapping
from typing import Any

from kg.errors import BadParameterError
from kg.execution.procedure import Reply
from kg.store.interface import Store

MAX_FIELDS = 1000
MAX_STRAY_PERCENTS = 1000
_STRAY_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")

PARSE_FORM = "parse-form"
"""The procedure that parses its content: ``pairs`` of its reply are the names and values."""

Pairs = list[tuple[str, str]]


def parse_form(data: bytes) -> Pairs:
    """The names and values in their order, empty ones too. Raises BadParameterError."""
    if data.count(b"&") >= MAX_FIELDS:
        raise BadParameterError("parameters", f"there are more than {MAX_FIELDS:,}")
    fields = (field.partition(b"=") for field in data.split(b"&") if field)
    try:
        return [(unquote(name).decode(), unquote(value).decode()) for name, _, value in fields]
    except UnicodeDecodeError:
        raise BadParameterError("parameters", "cannot be read as UTF-8") from None


def parse_form_in_worker(_store: Store, _arguments: Mapping[str, Any], content: bytes) -> Reply:
    """``parse_form`` as a procedure."""
    return Reply(media_type="application/json", body=(), properties={"pairs": parse_form(content)})


def unquote(data: bytes) -> bytes:
    """The bytes with escapes decoded and ``+`` as a space; a percent sign that begins no escape stays.

    Raises BadParameterError if there are very many of these.
    """
    data = data.replace(b"+", b" ")
    if b"%" not in data:
        return data
    escaped, stray = _STRAY_PERCENT.subn(b"%25", data.replace(b"=", b"%3D"), count=MAX_STRAY_PERCENTS + 1)
    if stray > MAX_STRAY_PERCENTS:
        raise BadParameterError("parameters", f"more than {MAX_STRAY_PERCENTS:,} percent signs begin no escape")
    # Quoted-printable differs only in its sign; the library decodes it in C.
    return a2b_qp(escaped.replace(b"%", b"="))
