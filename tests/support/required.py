"""What a test needs of the machine: without it the test is skipped, loudly, and fails in CI."""

import os

import pytest


def skip_unless_required(reason: str) -> None:
    """Skip the test, or fail where ``TESTS_REQUIRE_ALL`` is set, as CI does."""
    if os.environ.get("TESTS_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)
