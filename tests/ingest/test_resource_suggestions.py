"""What is offered for a reference to nothing: first what is called so, of the kinds that are wanted."""

import pytest

from kg.ingest.resource_suggestions import suggest_resource
from kg.name_index import NameIndex, ResourceName

IDS = "https://example.org/id/"
NAMES = NameIndex(
    [
        ResourceName(f"{IDS}actor/sohr", "Syrian Observatory for Human Rights"),
        ResourceName(f"{IDS}actor/sohr", "SOHR", is_hidden=True),
        ResourceName(f"{IDS}actor/russia", "Russia"),
        ResourceName(f"{IDS}place/russia", "Russia"),
        ResourceName(f"{IDS}place/idlib", "Idlib"),
    ]
)
DESCRIBED = sorted({name.iri for name in NAMES.names})


@pytest.mark.parametrize(
    ("reference", "offer"),
    [
        ("Syrian%20Observatory%20for%20Human%20Rights", "'actor/sohr' (Syrian Observatory for Human Rights)"),
        ("Syrian%20Observatory%20of%20Human%20Rights", "'actor/sohr' (Syrian Observatory for Human Rights)"),
        ("SOHR", "'actor/sohr' (Syrian Observatory for Human Rights)"),
        ("Russia", "'actor/russia' (Russia)"),
        ("actor/Syrian%20Observatory%20for%20Human%20Rights", "'actor/sohr' (Syrian Observatory for Human Rights)"),
        ("actor/russai", "'actor/russia'"),
    ],
)
def test_the_nearest_of_the_wanted_kind_is_offered_with_its_id(reference: str, offer: str) -> None:
    cure = suggest_resource(f"{IDS}{reference}", NAMES, DESCRIBED, IDS, {"actor"})
    assert cure == f"Did you mean {offer}? Otherwise describe it, here or in a reference graph."


def test_all_kinds_are_offered_where_none_is_wanted() -> None:
    assert "'place/russia'" in suggest_resource(f"{IDS}Russia", NAMES, DESCRIBED, IDS)


@pytest.mark.parametrize(
    ("reference", "cure"), [("Idlib", "Write its id, such as actor/russia"), ("actor/zzz", "Describe it")]
)
def test_where_nothing_is_near_the_cure_is_an_id_or_a_description(reference: str, cure: str) -> None:
    assert suggest_resource(f"{IDS}{reference}", NAMES, DESCRIBED, IDS, {"actor"}).startswith(cure)
