import os
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from kg.errors import BadParameterError
from kg.settings import Settings


def test_empty_environment_has_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


TOKEN = "sixteen-letters!"
EXAMPLES: dict[str, tuple[str, object]] = {
    "data_dir": ("/there", Path("/there")),
    "store": ("http://engine.example/query", "http://engine.example/query"),
    "store_token": ("abc", "abc"),
    "store_request_quads": ("23", 23),
    "base_iri": ("http://example.org/", "http://example.org/"),
    "public_url": ("https://example.org/kg/", "https://example.org/kg/"),
    "host": ("0.0.0.0", "0.0.0.0"),
    "port": ("0", 0),
    "query_timeout_s": ("2.5", 2.5),
    "query_memory_mb": ("512", 512),
    "workers": ("3", 3),
    "queue_length": ("5", 5),
    "result_max_mb": ("7", 7),
    "graph_memory_mb": ("9", 9),
    "load_max_mb": ("17", 17),
    "ingest_timeout_s": ("11", 11),
    "ingest_memory_mb": ("13", 13),
    "bulk_load_mb": ("21", 21),
    "change_max_quads": ("19", 19),
    "require_if_match": ("true", True),
    "max_connections": ("100", 100),
    "client_connections": ("20", 20),
    "client_requests": ("3", 3),
    "client_wait_s": ("0.5", 0.5),
    "head_timeout_s": ("4", 4),
    "body_timeout_s": ("40", 40),
    "stall_timeout_s": ("6", 6),
    "min_rate": ("10", 10),
    "idle_timeout_s": ("8", 8),
    "shutdown_s": ("2", 2),
    "log_queue_lines": ("19", 19),
    "log_queue_mb": ("3", 3),
    "head_max_kb": ("12", 12),
    "head_max_fields": ("14", 14),
    "body_max_mb": ("1", 1),
    "allowed_hosts": ("a.example, b.example", ("a.example", "b.example")),
    "trusted_proxies": ("10.0.0.0/8,::1", ("10.0.0.0/8", "::1")),
    "archive_dir": ("/archive", Path("/archive")),
    "datasets_dir": ("/datasets", Path("/datasets")),
    "write_token": (TOKEN, TOKEN),
    "write_rate": ("2.5", 2.5),
    "token_failures": ("7", 7),
    "publish_restricted": ("yes", True),
    "empty": ("yes", True),
    "samples": ("no", False),
    "plain": ("True", True),
    "graphql_attribution": ("false", False),
    "graphql_partial_status": ("200", 200),
    "graphql_documents": ("/documents", Path("/documents")),
}
"""By the name of a setting: the text of its variable and the value that this gives."""
ENVIRONMENT = {f"KG_{name.upper()}": text for name, (text, _) in EXAMPLES.items()}


def test_every_setting_has_its_variable() -> None:
    assert set(EXAMPLES) == {field.name for field in fields(Settings)}
    settings = Settings.from_environment(ENVIRONMENT)
    assert settings == Settings(**{name: value for name, (_, value) in EXAMPLES.items()})  # type: ignore[arg-type]


def test_environment_of_a_child_process_has_all_settings_but_the_token() -> None:
    settings = Settings.from_environment(ENVIRONMENT)
    environment = settings.to_environment()
    assert TOKEN not in str(environment)
    assert replace(Settings.from_environment(environment), write_token=TOKEN, store_token="abc") == settings


def test_empty_variable_has_the_default() -> None:
    assert Settings.from_environment({"KG_PORT": "", "KG_HOST": "", "KG_ARCHIVE_DIR": ""}) == Settings()


def test_other_variables_are_ignored() -> None:
    assert Settings.from_environment({"PORT": "1", "HOME": "/there", "KG_UNHEARD_OF": "x"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        *(("KG_PORT", text) for text in ("eighty", "-1", "99999", "80.5")),
        *(
            (f"KG_{name}", text)
            for name in ("QUERY_TIMEOUT_S", "INGEST_TIMEOUT_S")
            for text in ("soon", "0", "-1", "nan", "inf", "-inf", "1e300")
        ),
        *(
            (f"KG_{name}", text)
            for name in (
                "QUERY_MEMORY_MB",
                "WORKERS",
                "QUEUE_LENGTH",
                "RESULT_MAX_MB",
                "LOAD_MAX_MB",
                "INGEST_MEMORY_MB",
            )
            for text in ("1.5", "0", "-1", "much", "9" * 30, "9" * 5000)
        ),
        *(("KG_GRAPH_MEMORY_MB", text) for text in ("-1", "nan")),
        *(("KG_GRAPHQL_PARTIAL_STATUS", text) for text in ("404", "-200", "ok")),
        *((f"KG_{name}", text) for name in ("EMPTY", "PLAIN", "GRAPHQL_ATTRIBUTION") for text in ("perhaps", "2")),
        *(("KG_WRITE_TOKEN", text) for text in ("short", "sixteen letters!", "sixteen-letters\u00e9", "a\nb" * 10)),
        *(
            ("KG_BASE_IRI", text)
            for text in (
                "http://example.org/no-end",
                "foo/",
                "/",
                "#",
                "//example.org/",
                "example.org/",
                "javascript:alert(1)/",
                "file:///a/",
                "urn:x:/",
                "http://",
                "http:///",
                "http://example.org/a b/",
                " http://example.org/",
                "http://example.org/<a>/",
                "http://example.org/\n/",
                "http://example.org/\u202e/",
                "http://[::1/",
                "http://example.org:port/",
                "http://example.org/?a=/",
                "http://example.org/#a/",
                "http://a/\udc80/",
                'http://example.org/"/',
                "http://example.org/\\/",
            )
        ),
        *(
            ("KG_STORE", text)
            for text in (
                "engine",
                "ftp://engine/query",
                "http://",
                "http://[::1",
                "http://a:port/",
                "file:///a",
                "http://a b/",
            )
        ),
        *(("KG_HOST", text) for text in ("[::1]", "a b", "http://localhost", "a/b", "h\u00f6st")),
        ("KG_CLIENT_REQUESTS", "0"),
        ("KG_SHUTDOWN_S", "-1"),
        ("KG_TRUSTED_PROXIES", "proxy.example"),
    ],
)
def test_invalid_value_is_rejected_by_the_name_of_its_variable(variable: str, text: str) -> None:
    with pytest.raises(BadParameterError) as failure:
        Settings.from_environment({variable: text})
    assert failure.value.name == variable


@pytest.mark.parametrize(
    "iri", ["http://a/", "https://example.org:8443/kg#", "http://[::1]:8000/", "http://example.org/\u00e9/"]
)
def test_a_base_iri_is_any_absolute_iri_that_can_be_dereferenced(iri: str) -> None:
    assert Settings.from_environment({"KG_BASE_IRI": iri}).base_iri == iri


@pytest.mark.parametrize("name", ["data_dir", "archive_dir", "datasets_dir", "graphql_documents"])
def test_a_folder_that_is_a_file_is_rejected_by_the_name_of_its_variable(tmp_path: Path, name: str) -> None:
    file = tmp_path / "file"
    file.touch()
    for path in (file, file / "below"):
        with pytest.raises(BadParameterError) as failure:
            Settings(**{name: path}).check_folders()  # type: ignore[arg-type]
        assert failure.value.name == f"KG_{name.upper()}"


def test_folders_to_read_must_exist_and_the_data_directory_need_not(tmp_path: Path) -> None:
    Settings(data_dir=tmp_path / "a" / "b", archive_dir=tmp_path).check_folders()
    assert not list(tmp_path.iterdir())
    with pytest.raises(BadParameterError, match="KG_ARCHIVE_DIR"):
        Settings(data_dir=tmp_path, archive_dir=tmp_path / "none").check_folders()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_directory_that_cannot_be_written_is_rejected(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BadParameterError, match="cannot be written"):
        Settings(data_dir=tmp_path / "data").check_folders()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]
