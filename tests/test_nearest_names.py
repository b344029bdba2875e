from kg.nearest_names import suggest_names


def test_a_suggestion_names_what_resembles_the_word_and_is_empty_where_nothing_does() -> None:
    assert suggest_names("speeker", ["speaker", "source"]) == "Did you mean 'speaker'?"
    assert suggest_names("xyz", ["speaker", "source"]) == ""
