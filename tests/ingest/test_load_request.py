"""What may be sent to be loaded."""

from kg.ingest.load_request import parse_load_request

BODY = b'{"documents": [{"name": "a.ttl", "content": "PHVybjphPiA8dXJuOmI+IDx1cm46Yz4gLg=="}]}'


def test_a_byte_order_mark_is_no_part_of_the_body() -> None:
    assert parse_load_request(b"\xef\xbb\xbf" + BODY) == parse_load_request(BODY)
