"""What is validated with identifies a validation."""

from pathlib import Path

from kg.validation.fingerprint import compute_fingerprint, fingerprint_of


def test_the_fingerprint_of_the_same_shapes_and_engines_is_the_same() -> None:
    assert compute_fingerprint() == compute_fingerprint()


def test_each_change_of_a_file_or_package_changes_the_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "shapes.ttl"
    file.parent.mkdir()
    file.write_text("a")
    (tmp_path / "notes.txt").write_text("x")
    seen = [fingerprint_of([tmp_path], ["pyoxigraph"])]
    (tmp_path / "notes.txt").write_text("y")
    assert fingerprint_of([tmp_path], ["pyoxigraph"]) == seen[0]
    file.write_text("b")
    seen.append(fingerprint_of([tmp_path], ["pyoxigraph"]))
    file.rename(file.with_name("other.ttl"))
    seen.append(fingerprint_of([tmp_path], ["pyoxigraph"]))
    seen.append(fingerprint_of([tmp_path], ["pyoxigraph", "shacl"]))
    assert len(set(seen)) == 4
