"""``kg verify``: check quotes against the archived texts of their sources."""

from pathlib import Path

import click

from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.ingest.documents import read_bytes
from kg.ingest.verification import QuoteReport, verify_archive, verify_text
from kg.settings import Settings
from kg.source_archive import SourceArchive


@click.command()
@click.option("--text", "text_file", type=click.Path(path_type=Path), help="The archived text of the source.")
@click.option("--source", help="Which source the text is of; by default the one whose SHA-256 or quotes it has.")
@with_settings
def verify(text_file: Path | None, source: str | None, settings: Settings) -> None:
    """Check every quote, offset and hash against the archived text of its source.

    The text is FILE, or is found by its SHA-256 in the archive folder. Exits with 1 when anything differs.
    """
    with open_store(settings) as store:
        quads = list(store.quads())
    if text_file:
        iri = _source_iri(source, settings) if source else None
        reports = [verify_text(quads, read_bytes(text_file), iri)]
    else:
        reports = verify_archive(quads, SourceArchive(settings.archive_dir))
    for report in reports:
        _print_report(report)
    if not reports or not all(report.is_verified for report in reports):
        raise click.exceptions.Exit(1)


def _print_report(report: QuoteReport) -> None:
    if report.is_guessed:
        click.echo(f"taken to be a text of {report.source}, whose quotes it has; name another with --source", err=True)
    for finding in report.findings:
        click.echo(str(finding), err=True)
    click.echo(f"{report.verified} of {report.total} quotes of {report.source} verified")


def _source_iri(name: str, settings: Settings) -> str:
    return name if "://" in name else f"{settings.base_iri}id/{name}"
