"""``kg import``: rows of a file, as the folder of its data set maps them."""

import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click

from kg import package_data
from kg.access_rights import is_restricted
from kg.bulk_load import BulkReport
from kg.cli.document_files import load_files_in_bulk, print_bulk_change, print_warnings
from kg.cli.graph_access import open_store
from kg.cli.options import with_settings
from kg.cli.progress import ProgressBar
from kg.datasets.conversion import Conversion, convert
from kg.datasets.dask_executor import DaskExecutor
from kg.datasets.dataset import MAPPING, Dataset, check_licence, find_folder, load_dataset
from kg.datasets.graph_lines import GraphLines
from kg.datasets.release import ReleaseChanges, ReleaseComparison, append_history, list_first_release
from kg.datasets.row_lines import RowLines
from kg.datasets.samples import hash_sample
from kg.datasets.selection import choose_rule
from kg.errors import Finding, InputRejectedError, Severity
from kg.ingest.rules.quotes import NO_TEXT
from kg.knowledge_graph import load_shipped_schema
from kg.locked_folder import create_locked_folder, remove_abandoned
from kg.schema.class_index import ClassIndex
from kg.settings import Settings

_FOLDER = "kg-import-"
_LEFT_OUT = "servers leave it out, unless KG_PUBLISH_RESTRICTED=yes; the command line reads it"


@click.command("import")
@click.argument("name")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--select",
    "selection",
    default="",
    metavar="RULE",
    help="Which rows: a rule of the data set, all, or COLUMN=VALUE,VALUE;COLUMN=VALUE.",
)
@click.option(
    "--findings",
    type=click.Path(path_type=Path),
    help="Write what is found about rows to this file: JSON lines, or CSV by its suffix.",
)
@click.option(
    "--changes",
    type=click.Path(path_type=Path),
    help="Write what has become of each statement of the former release to this file, as JSON lines.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="Write the rows as N-Quads to this file, and load nothing."
)
@click.option(
    "--on",
    "scheduler",
    default="",
    metavar="ADDRESS",
    help="Have the rows mapped on the Dask cluster whose scheduler is there, as tcp://host:8786.",
)
@click.option(
    "--part", "is_part", is_flag=True, help="FILES have some of the rows only: those that they lack are not withdrawn."
)
@click.option("--dry-run", is_flag=True, help="Print what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers and the change as JSON.")
@click.option("--quiet", is_flag=True, help="Print no warnings and no summary.")
@with_settings
def import_(
    name: str,
    files: tuple[Path, ...],
    selection: str,
    findings: Path | None,
    changes: Path | None,
    output: Path | None,
    scheduler: str,
    is_part: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    settings: Settings,
) -> None:
    """Import FILES of the data set NAME: its home graph is replaced by what their rows say, or nothing changes."""
    dataset = load_dataset(find_folder(name, dataset_folders(settings)), settings.base_iri)
    check_licence(dataset)
    rule = choose_rule(selection, dataset.rules)
    executor = DaskExecutor(scheduler) if scheduler else None
    temporary = Path(tempfile.gettempdir())
    remove_abandoned(temporary, _FOLDER)
    with create_locked_folder(temporary, _FOLDER) as scratch:
        document = output or scratch / f"{dataset.name}.nq"
        row_lines = RowLines(scratch / "rows")
        with ProgressBar("mapping") as bar:
            result = convert(dataset, files, document, findings, rule, _Rate(bar).show, executor, row_lines)
        if not quiet:
            _print_numbers(result, findings)
        if output is None:
            changed = _add_history(settings, dataset, document, is_partial=is_part or dataset.source_format.is_partial)
            _list_changes(changed, changes)
            report = _load(settings, dataset, document, row_lines, dry_run=dry_run)
            if as_json:
                _print_members(result, changed, report)
            elif not quiet:
                _print_change(changed, report, dry_run=dry_run)
                if settings.hides_restricted and not dry_run and is_restricted(dataset.graph, dataset.header):
                    click.echo(f"{dataset.graph.value} is restricted: {_LEFT_OUT}", err=True)


def dataset_folders(settings: Settings) -> list[Path]:
    """Where data sets are: the operator's own before those that are shipped."""
    own = [settings.datasets_dir] if settings.datasets_dir else []
    return [*own, package_data.find_folder("data") / "datasets"]


def _load(settings: Settings, dataset: Dataset, document: Path, row_lines: RowLines, *, dry_run: bool) -> BulkReport:
    """Load the document; what is found about it is said of the rows that it is made of."""
    documents = [document, *([dataset.concepts] if dataset.concepts else [])]
    try:
        report = load_files_in_bulk(settings, documents, dry_run=dry_run)
    except InputRejectedError as error:
        findings = row_lines.locate(error.findings, document, dataset.folder / MAPPING)
        raise InputRejectedError(list(_join_alike(findings))) from None
    return replace(report, warnings=tuple(row_lines.locate(report.warnings, document, dataset.folder / MAPPING)))


def _print_change(changed: ReleaseChanges, report: BulkReport, *, dry_run: bool) -> None:
    click.echo(", ".join(f"{count:,} {kind}" for kind, count in changed.counts().items()) + " statements", err=True)
    if changed.withdrawn:
        click.echo(
            "what is withdrawn is taken back by its maker; --part leaves what these files lack as it is", err=True
        )
    # The rows are quoted from the file that is read: an archived copy of it would show nothing more.
    warnings = (warning for warning in report.warnings if warning.rule != NO_TEXT)
    print_warnings(_join_alike(warnings))
    print_bulk_change(report, dry_run=dry_run)


def _join_alike(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The first finding of each rule, and the first violation of each value; each says how many more there are."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        value = finding.value if finding.severity is Severity.VIOLATION else ""
        groups.setdefault((finding.severity, finding.rule, finding.path, value), []).append(finding)
    for first, *others in groups.values():
        more = f" (and {len(others):,} more such)" if others else ""
        yield replace(first, message=f"{first.message}{more}")


def _print_members(result: Conversion, changed: ReleaseChanges, report: BulkReport) -> None:
    # The rules by hand: asdict makes a Counter of pairs of a Counter.
    rows = {"rows": result.rows, "left_out": result.left_out, "rules": dict(result.rules)}
    members = {**rows, "statements": changed.counts(), "graphs": report.members()["graphs"]}
    click.echo(json.dumps(members, indent=2))


def _add_history(settings: Settings, dataset: Dataset, document: Path, *, is_partial: bool) -> ReleaseChanges:
    """Let the document have what stays of the release that is in the graph."""
    parts = ClassIndex(load_shipped_schema(settings.base_iri)).part_predicates
    with GraphLines() as former, GraphLines() as current, ProgressBar("comparing") as bar:
        bar.step("reading the graph")
        with open_store(settings) as store:
            former.read_quads(store.quads(dataset.graph))
        if former.is_empty:
            return list_first_release(document)
        bar.step("reading the rows")
        current.read_file(document)
        bar.step("comparing statements")
        graph, sample = dataset.graph.value, hash_sample(dataset.folder)
        comparison = ReleaseComparison(former, current, graph, parts, is_partial=is_partial, sample=sample)
        return append_history(document, comparison)


def _list_changes(changed: ReleaseChanges, path: Path | None) -> None:
    if path is not None:
        with path.open("w", encoding="utf-8") as file:
            for kind, statements in (
                ("new", changed.new),
                ("changed", changed.changed),
                ("withdrawn", changed.withdrawn),
            ):
                file.writelines(json.dumps({"change": kind, "statement": iri}) + "\n" for iri in statements)


def _print_numbers(result: Conversion, findings: Path | None) -> None:
    left_out = f", {result.left_out:,} left out" if result.left_out else ""
    click.echo(f"{_count_rows(result.rows)}{left_out}", err=True)
    for rule, count in result.rules.most_common():
        click.echo(f"{_count_rows(count)}: {rule}", err=True)
    if result.rules and findings is None:
        click.echo("--findings FILE lists them", err=True)


def _count_rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


class _Rate:
    """Shows rows, rate and time left."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar, self._started = bar, time.monotonic()

    def show(self, rows: int, part: float) -> None:
        elapsed = time.monotonic() - self._started
        left = f", {elapsed * (1 - part) / part:.0f} s left" if part else ""
        self._bar.show(f"{rows:,} rows, {rows / max(elapsed, 0.001):,.0f} a second{left}")
