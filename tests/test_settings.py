import os
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from kg.errors import BadParameterError
from kg.settings import Settings


def test_empty_environment_has_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_every_setting_has_its_variable() -> None:
    given = {
        "KG_DATA_DIR": "/there",
        "KG_STORE": "http://engine.example/query",
        "KG_BASE_IRI": "http://example.org/",
        "KG_HOST": "0.0.0.0",
        "KG_PORT": "0",
        "KG_QUERY_TIMEOUT_S": "2.5",
        "KG_QUERY_MEMORY_MB": "512",
        "KG_WORKERS": "3",
        "KG_QUEUE_LENGTH": "5",
        "KG_RESULT_MAX_MB": "7",
        "KG_GRAPH_MEMORY_MB": "9",
        "KG_LOAD_MAX_MB": "17",
        "KG_INGEST_TIMEOUT_S": "11",
        "KG_INGEST_MEMORY_MB": "13",
        "KG_CHANGE_MAX_QUADS": "19",
        "KG_MAX_CONNECTIONS": "100",
        "KG_CLIENT_CONNECTIONS": "20",
        "KG_CLIENT_REQUESTS": "3",
        "KG_CLIENT_WAIT_S": "0.5",
        "KG_HEAD_TIMEOUT_S": "4",
        "KG_BODY_TIMEOUT_S": "40",
        "KG_STALL_TIMEOUT_S": "6",
        "KG_MIN_RATE": "10",
        "KG_IDLE_TIMEOUT_S": "8",
        "KG_SHUTDOWN_S": "2",
        "KG_LOG_QUEUE_LINES": "19",
        "KG_LOG_QUEUE_MB": "3",
        "KG_HEAD_MAX_KB": "12",
        "KG_HEAD_MAX_FIELDS": "14",
        "KG_BODY_MAX_MB": "1",
        "KG_ALLOWED_HOSTS": "a.example, b.example",
        "KG_TRUSTED_PROXIES": "10.0.0.0/8,::1",
        "KG_ARCHIVE_DIR": "/archive",
        "KG_WRITE_TOKEN": "sixteen-letters!",
        "KG_EMPTY": "yes",
        "KG_PLAIN": "True",
        "KG_GRAPHQL_ATTRIBUTION": "false",
        "KG_GRAPHQL_PARTIAL_STATUS": "200",
        "KG_GRAPHQL_DOCUMENTS": "/documents",
    }
    assert set(given) == {f"KG_{field.name.upper()}" for field in fields(Settings)}
    settings = Settings.from_environment(given)
    assert settings == Settings(
        data_dir=Path("/there"),
        store="http://engine.example/query",
        base_iri="http://example.org/",
        host="0.0.0.0",
        port=0,
        query_timeout_s=2.5,
        query_memory_mb=512,
        workers=3,
        queue_length=5,
        result_max_mb=7,
        graph_memory_mb=9,
        load_max_mb=17,
        ingest_timeout_s=11,
        ingest_memory_mb=13,
        change_max_quads=19,
        max_connections=100,
        client_connections=20,
        client_requests=3,
        client_wait_s=0.5,
        head_timeout_s=4,
        body_timeout_s=40,
        stall_timeout_s=6,
        min_rate=10,
        idle_timeout_s=8,
        shutdown_s=2,
        log_queue_lines=19,
        log_queue_mb=3,
        head_max_kb=12,
        head_max_fields=14,
        body_max_mb=1,
        allowed_hosts=("a.example", "b.example"),
        trusted_proxies=("10.0.0.0/8", "::1"),
        archive_dir=Path("/archive"),
        write_token="sixteen-letters!",
        empty=True,
        plain=True,
        graphql_attribution=False,
        graphql_partial_status=200,
        graphql_documents=Path("/documents"),
    )
    without_token = settings.to_environment()
    assert "sixteen-letters!" not in str(without_token)
    assert replace(Settings.from_environment(without_token), write_token="sixteen-letters!") == settings


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


@pytest.mark.parametrize("name", ["data_dir", "archive_dir", "graphql_documents"])
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
