"""``kg new``: the beginning of a dossier about a text."""

from pathlib import Path

import click

from kg import namespaces
from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.errors import BadParameterError, Finding, InputRejectedError, SourceLocation
from kg.ingest.documents import read_bytes
from kg.ingest.dossier.scaffold import Scaffold, Voice, guess_author, is_slug, make_slug
from kg.settings import Settings
from kg.source_archive import SourceArchive, sha256_hex
from kg.store.names import read_names


@click.command()
@click.argument("text", type=click.Path(path_type=Path))
@click.option("--id", "slug", help="Short name of the source; by default made of the name of the file.")
@click.option("--author", help="Who wrote it: an id or a name; by default the name in a line that begins with By.")
@click.option("--publisher", help="Who publishes it: an id or a name. Actors that are not known yet are described.")
@click.option("--title", help="What the source is called; by default the first line of the text.")
@click.option("--kind", default="article", help="Its kind, such as article or report; article by default.")
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, which must not exist.")
@with_settings
def new(
    text: Path,
    slug: str | None,
    author: str | None,
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
    author = author or guess_author(content)
    if not author and not publisher:
        publisher = f"publisher of {slug}"
        click.echo("no author or publisher is known: correct the publisher, or give --author or --publisher", err=True)
    voices = _find_voices(author, publisher, settings)
    scaffold = Scaffold(slug, content, *voices, title or "", kind)
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


def _find_voices(author: str, publisher: str | None, settings: Settings) -> tuple[Voice | None, Voice | None]:
    """Author and publisher: the actors that the graph calls so, else new ones."""
    prefix = f"{settings.base_iri}id/actor/"
    with open_store(settings) as store:
        names = read_names(store, prefix)

    def find(name: str, type_: str) -> Voice:
        name = name.removeprefix("actor/")
        found = names.find(name)
        if len(found) == 1:
            return Voice(f"actor/{found[0].removeprefix(prefix)}", name, is_new=False)
        return Voice(f"actor/{make_slug(name)}", name, type=type_)

    return (
        find(author, namespaces.PERSON) if author else None,
        find(publisher, namespaces.ORGANIZATION) if publisher else None,
    )


def _write(path: Path, dossier: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(dossier)
    except OSError as error:
        reason = error.strerror or str(error)
        finding = Finding(f"cannot be written: {reason}", "Choose another --output.", SourceLocation(str(path)))
        raise InputRejectedError([finding]) from None
