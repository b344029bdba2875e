"""Names are found as people type them, best first."""

import pytest

from kg.name_index import Mention, NameIndex, NameUse, ResourceName

INDEX = NameIndex([
    ResourceName("actor/human-rights-watch", "Human Rights Watch"),
    ResourceName("actor/human-rights-watch", "HRW", is_hidden=True),
    ResourceName("actor/watch", "The Watch"),
    ResourceName("place/ein-tarma", "Ein Tarma"),
    ResourceName("place/ein-tarma", "عين ترما"),
    ResourceName("place/jobar", "Jobar"),
    ResourceName("place/jobar", "جوبر"),
    ResourceName("place/idlib", "Idlib"),
    ResourceName("place/idlib-province", "Idlib Province"),
    ResourceName("place/idlib-province", "Idlib", is_hidden=True),
])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "iris"),
    [
        ("hrw", ("actor/human-rights-watch",)),
        ("ayn tarma", ("place/ein-tarma",)),
        ("جَوْبَر", ("place/jobar",)),
        ("idlib", ("place/idlib",)),
        ("human rights", ()),
        ("", ()),
        ("'", ()),
    ],
)
def test_a_resource_is_found_by_all_that_it_is_called(text: str, iris: tuple[str, ...]) -> None:
    assert INDEX.find(text) == iris


def test_a_name_of_several_finds_all_of_them() -> None:
    index = NameIndex([ResourceName("a", "Kafr Zita"), ResourceName("b", "Kafr Zeita"), ResourceName("c", "Hama")])
    assert index.find("Kafr Zayta") == ("a", "b")
    assert index.find("Kafr Zita") == ("a",)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Human Right Watch", "actor/human-rights-watch"),
        ("Ain Terma", "place/ein-tarma"),
        ("جوبار", "place/jobar"),
        ("Idleb", "place/idlib"),
        ("Province", "place/idlib-province"),
    ],
)
def test_the_nearest_name_comes_first(text: str, first: str) -> None:
    assert INDEX.search(text)[0].name.iri == first


def test_a_resource_is_listed_once_and_what_is_unlike_not_at_all() -> None:
    found = [match.name.iri for match in INDEX.search("Idlib")]
    assert found == ["place/idlib", "place/idlib-province"]
    assert INDEX.search("Zanzibar") == ()
    assert len(INDEX.search("watch", limit=1)) == 1


def test_letters_within_a_word_are_no_name() -> None:
    assert INDEX.search("hts") == ()
    assert [match.name.iri for match in INDEX.search("prov")] == ["place/idlib-province"]


def test_the_same_spelling_is_known_of_hidden_names_as_well() -> None:
    assert INDEX.spelled("IDLIB") == ("place/idlib", "place/idlib-province")
    assert INDEX.spelled("Idleb") == ()


def test_a_name_in_use_is_found_after_the_same_name_that_identifies_and_a_part_after_both() -> None:
    used = NameUse(("Post",))
    index = NameIndex([
        ResourceName("part", "old town hall"),
        ResourceName("used", "town hall", use=used),
        ResourceName("whole", "Town Hall"),
    ])  # fmt: skip
    assert [found.name.iri for found in index.search("town hall")] == ["whole", "used", "part"]
    assert index.find("town hall") == ("whole",)


def test_a_word_of_a_name_is_found_in_any_transliteration() -> None:
    index = NameIndex([ResourceName("mosque", "Omar Ibn al-Khattab mosque"), ResourceName("other", "Omari mosque")])
    assert [found.name.iri for found in index.search("el-Khatab")] == ["mosque"]


def test_of_equally_near_names_of_a_resource_the_shortest_is_found() -> None:
    index = NameIndex([ResourceName("a", "the hall of the old town"), ResourceName("a", "the old town")])
    assert [found.name.text for found in index.search("old town")] == ["the old town"]


def test_mentions_come_last_whatever_their_names() -> None:
    names = [ResourceName("mention", "witnesses"), ResourceName("actor", "Union of Witnesses")]
    index = NameIndex(names, [Mention("mention", ("the Post",))])
    assert [found.name.iri for found in index.search("witnesses")] == ["actor", "mention"]
