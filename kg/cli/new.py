"""``kg new``: the beginning of a dossier about a text."""

from pathlib import Path

import click

from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.errors import BadParameterError, Finding, InputRejectedError, SourceLocation
from kg.ingest.documents import read_bytes
from kg.ingest.dossier.scaffold import Publisher, Scaffold, guess_author, is_slug, make_slug
from kg.settings import Settings
from kg.source_archive import SourceArchive, sha256_hex
from kg.store.names import read_names


@click.command()
@click.argument("text", type=click.Path(path_type=Path))
@click.option("--id", "slug", help="Short name of the source; by default made of the name of the file.")
@click.option("--publisher", help="Who publishes it: an id or a name. An actor that is not known yet is described.")
@click.option("--title", help="What the source is called; by default the first line of the text.")
@click.option("--kind", default="article", help="Its kind, such as article or report; article by default.")
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, which must not exist.")
@with_settings
def new(
    text: Path,
    slug: str | None,
    publisher: str | None,
    title: str | None,
    kind: str,
    output: Path | None,
    settings: Settings,
) -> None:
    """Print the beginning of a dossier about the source whose text is the file TEXT.

    It has the length and hash of the text, ids, and examples of every act as comments, and can be loaded as it is.
    """
    content = _read_text(text)
    slug = slug or make_slug(text.stem)
    if not is_slug(slug):
        raise BadParameterError("--id", f"{slug!r} is no slug: write small letters, digits and hyphens")
    name = publisher or guess_author(content) or f"publisher of {slug}"
    scaffold = Scaffold(slug, content, _find_publisher(name, settings), title or "", kind)
    if output is None:
        click.echo(scaffold.render(), nl=False)
    else:
        _write(output, scaffold.render())
    if SourceArchive(settings.archive_dir).text(sha256_hex(content)) is None:
        folder = settings.archive_dir or "a folder, and set KG_ARCHIVE_DIR to it"
        click.echo(f"copy {text} into {folder}: kg fill and kg verify look for it there", err=True)


def _read_text(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        location = SourceLocation(str(path))
        finding = Finding(f"byte {error.start} is not UTF-8", "Save the text as UTF-8 and try again.", location)
        raise InputRejectedError([finding]) from None


def _find_publisher(name: str, settings: Settings) -> Publisher:
    """The actor that the graph calls so, else a new one."""
    prefix = f"{settings.base_iri}id/actor/"
    with open_store(settings) as store:
        found = read_names(store, prefix).find(name.removeprefix("actor/"))
    if len(found) == 1:
        return Publisher(f"actor/{found[0].removeprefix(prefix)}", name, is_new=False)
    return Publisher(f"actor/{make_slug(name.removeprefix('actor/'))}", name)


def _write(path: Path, dossier: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(dossier)
    except OSError as error:
        reason = error.strerror or str(error)
        finding = Finding(f"cannot be written: {reason}", "Choose another --output.", SourceLocation(str(path)))
        raise InputRejectedError([finding]) from None
