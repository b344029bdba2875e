"""The procedures of loading: documents are parsed, checked and planned in an ingest worker.

Owns how files and plans cross the border between processes. What a document must conform to is ``kg.ingest``'s; the
change is committed by ``kg.writer``, in the process that has the store.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

from kg.commit_staging import announce_change
from kg.execution.procedure import Procedure, Procedures, Reply
from kg.governed.procedures import create_governed_procedures
from kg.ingest.bulk.planner import BulkPlanner
from kg.ingest.bulk.progress import ProgressFile
from kg.ingest.dossier.quote_completion import complete_dossier
from kg.ingest.ingestor import Ingestor
from kg.ingest.load_request import LoadRequest, parse_load_request
from kg.knowledge_graph import load_shipped_schema
from kg.later_judge import JUDGE_AGAIN
from kg.rdf_formats import N_QUADS
from kg.schema.model import Schema
from kg.settings import Settings
from kg.source_archive import SourceArchive
from kg.store.embedded import EmbeddedStore
from kg.store.engine import create_store_error
from kg.store.interface import Store
from kg.store.staged_change import StagedChange
from kg.validation.second_judge import Judges, give_opinions, judge_again
from kg.validation.validator import Validator
from kg.write_group import PREPARE_WRITES, Conformance, create_group_procedure
from kg.writer import COMPLETE_QUOTES, LIST_GRAPHS, PLAN_BULK_LOAD, PLAN_LOAD, PLAN_LOAD_REQUEST, VALIDATE_ALL


def create_procedures(settings: Settings) -> Procedures:
    """The procedures of loading, for programs that need no others."""
    ingestor = create_ingestor(load_shipped_schema(settings.base_iri), settings)
    governed = create_governed_procedures(ingestor, settings.change_max_quads)
    procedures = {**create_load_procedures(ingestor), **governed}
    return {
        **procedures,
        PLAN_BULK_LOAD: create_bulk_procedure(ingestor),
        PREPARE_WRITES: create_group_procedure(procedures, ingestor.validator, ingestor),
        **create_validation_procedures(ingestor.validator, ingestor),
    }


def create_ingestor(schema: Schema, settings: Settings) -> Ingestor:
    """The ingestor that checks documents against this schema and the archive of the settings."""
    return Ingestor(schema, Validator(schema.shapes), SourceArchive(settings.archive_dir), settings.base_iri)


def create_load_procedures(ingestor: Ingestor) -> dict[str, Procedure]:
    """The procedures of loading, with this ingestor."""
    return {
        PLAN_LOAD: _plan_with(ingestor, _parse_arguments),
        PLAN_LOAD_REQUEST: _plan_with(ingestor, _parse_body),
        COMPLETE_QUOTES: _complete_with(ingestor.archive),
        LIST_GRAPHS: _list_with(ingestor),
    }


def create_bulk_procedure(ingestor: Ingestor) -> Procedure:
    """The procedure that prepares a load of files that are too large for memory."""
    planner, chance = BulkPlanner(ingestor), Random()

    def plan_bulk_load(store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        assert isinstance(store, EmbeddedStore), "a remote engine is loaded by other means"
        folder, large = Path(arguments["folder"]), list(map(Path, arguments["large"]))
        announce = _ignore if arguments["dry_run"] else announce_change
        files = _split_files(arguments, content)
        try:
            progress, conforms = ProgressFile(folder), arguments["conforms"]
            plan = planner.plan(large, files, store, folder, progress, announce, conforms=conforms)
        except OSError as error:  # of the folder: the files have been read by then, or are refused
            raise create_store_error(error, folder) from error
        (opinion,) = give_opinions(ingestor.validator, [[plan.judgement]], chance, can_wait=False)
        properties = {
            "dry_run": arguments["dry_run"],
            "graphs": [asdict(graph) for graph in plan.graphs],
            "warnings": [asdict(warning) for warning in plan.warnings],
            "change": plan.change.members(),
            "second": opinion.members(),
        }
        return Reply(media_type=N_QUADS.media_type, body=[opinion.read_set], properties=properties)

    return plan_bulk_load


def _ignore(_change: StagedChange) -> None:
    """What a dry run does with a change."""


def create_validation_procedures(judges: Judges, conformance: Conformance) -> dict[str, Procedure]:
    """The procedures that judge the graph at rest, and a change again."""

    def validate_all(store: Store, _arguments: Mapping[str, Any], _content: bytes) -> Reply:
        findings = [asdict(finding) for finding in conformance.find_violations(store)]
        return Reply(media_type="application/json", body=[], properties={"findings": findings})

    def judge(_store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        agrees = judge_again(judges, content, conforms=arguments["conforms"])
        return Reply(media_type="application/json", body=[], properties={"agrees": agrees})

    return {VALIDATE_ALL: validate_all, JUDGE_AGAIN: judge}


def _complete_with(archive: SourceArchive) -> Procedure:
    def complete_quotes(_store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        files = [asdict(complete_dossier(data, name, archive)) for name, data in _split_files(arguments, content)]
        return Reply(media_type="application/json", body=[], properties={"files": files})

    return complete_quotes


def _list_with(ingestor: Ingestor) -> Procedure:
    def list_graphs(store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        documents = ingestor.read_all(_split_files(arguments, content), store)
        graphs = sorted({graph.value for document in documents for graph in document.graphs})
        return Reply(media_type="application/json", body=[], properties={"graphs": graphs})

    return list_graphs


def _plan_with(ingestor: Ingestor, parse: Callable[[Mapping[str, Any], bytes], LoadRequest]) -> Procedure:
    def plan_load(store: Store, arguments: Mapping[str, Any], content: bytes) -> Reply:
        request = parse(arguments, content)
        documents = ingestor.read_all(request.files, store)
        plan = ingestor.plan(documents, store, with_sentences=request.dry_run)
        properties = plan.members(dry_run=request.dry_run)
        return Reply(media_type=N_QUADS.media_type, body=[plan.change.to_bytes()], properties=properties)

    return plan_load


def _parse_arguments(arguments: Mapping[str, Any], content: bytes) -> LoadRequest:
    return LoadRequest(_split_files(arguments, content), arguments["dry_run"])


def _split_files(arguments: Mapping[str, Any], content: bytes) -> list[tuple[str, bytes]]:
    """The files of ``kg.writer.create_call``."""
    files, start = [], 0
    for file in arguments["files"]:
        end = start + file["size"]
        files.append((file["name"], content[start:end]))
        start = end
    return files


def _parse_body(arguments: Mapping[str, Any], content: bytes) -> LoadRequest:
    request = parse_load_request(content)
    return replace(request, dry_run=True) if arguments.get("dry_run") else request
