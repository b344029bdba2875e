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
        "KG_ARCHIVE_DIR": "/archive",
        "KG_WRITE_TOKEN": "sixteen letters!",
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
        archive_dir=Path("/archive"),
        write_token="sixteen letters!",
        empty=True,
        plain=True,
        graphql_attribution=False,
        graphql_partial_status=200,
        graphql_documents=Path("/documents"),
    )
    without_token = settings.to_environment()
    assert "sixteen letters!" not in str(without_token)
    assert replace(Settings.from_environment(without_token), write_token="sixteen letters!") == settings


def test_empty_variable_has_the_default() -> None:
    assert Settings.from_environment({"KG_PORT": "", "KG_HOST": "", "KG_ARCHIVE_DIR": ""}) == Settings()


def test_other_variables_are_ignored() -> None:
    assert Settings.from_environment({"PORT": "1", "HOME": "/there", "KG_UNHEARD_OF": "x"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("KG_PORT", "eighty"),
        ("KG_PORT", "-1"),
        ("KG_QUERY_TIMEOUT_S", "soon"),
        ("KG_QUERY_TIMEOUT_S", "0"),
        ("KG_QUERY_MEMORY_MB", "1.5"),
        ("KG_WORKERS", "0"),
        ("KG_EMPTY", "perhaps"),
        ("KG_PLAIN", "2"),
        ("KG_WRITE_TOKEN", "short"),
        ("KG_BASE_IRI", "http://example.org/no-end"),
    ],
)
def test_invalid_value_is_rejected_by_the_name_of_its_variable(variable: str, text: str) -> None:
    with pytest.raises(BadParameterError) as failure:
        Settings.from_environment({variable: text})
    assert failure.value.name == variable


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]
