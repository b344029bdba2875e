"""Whether changes are accepted: the graph must be known to conform, and both validation engines must agree.

Owns two things in the data directory: the record of the last validation of the whole graph, and a folder for each
change about which the engines differ. While there is such a folder no change is accepted, also after a restart. Knows
no engine; ``kg.writer`` asks it before each change.
"""

import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from kg.errors import Finding, Severity, WritingStoppedError
from kg.settings import Settings
from kg.store.change import Change
from kg.store.staged_change import StagedChange
from kg.validation.fingerprint import compute_fingerprint

_log = logging.getLogger(__name__)

RECORD = "validation.json"
DISAGREEMENTS = "disagreements"
_LOGGED = 20
_RETRY_AFTER_S = 2
_DISAGREEMENT = "the two validation engines differ about a change; writing is stopped until the operator has looked"
_TOO_LARGE = (
    "the whole graph has to be validated before it is changed, which needs more than the {} MB of KG_INGEST_MEMORY_MB;"
    " restart the server with more"
)
_VALIDATING = "the whole graph is being validated, after a change of shapes, ontology or program; try again later"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A change about which the engines differ, with what both have read."""

    change: Change | StagedChange
    read_set: bytes
    """As N-Triples, with the markers of focus nodes."""
    conforms: bool
    """What the engine says that judges first."""
    is_committed: bool


class WriteGate:
    """For any thread."""

    def __init__(self, directory: Path | None = None, fingerprint: str = "") -> None:
        """``directory``: the data directory; without one nothing is kept.

        ``fingerprint``: of all that validation depends on besides the data; without one the graph is taken to conform.
        """
        self._directory, self._fingerprint = directory, fingerprint
        self._lock = Lock()
        self._is_validating = False
        self._insufficient_mb = 0
        """Memory in which the whole graph could not be validated."""
        self._violations = 0
        """Of the whole graph, when it was last judged."""
        self.disagreements = len(list_disagreements(directory)) if directory else 0
        """Changes about which the engines have differed, as far as they are kept."""
        known = _read_fingerprint(directory) if directory else ""
        self._is_validated = known == fingerprint

    @property
    def reason(self) -> str:
        """Why no change is accepted now; empty if changes are."""
        return self.stopped_reason or (_VALIDATING if self._is_validating else "")

    @property
    def stopped_reason(self) -> str:
        """The same, if that stays so until the operator has looked."""
        if self.disagreements:
            return _DISAGREEMENT
        return _TOO_LARGE.format(self._insufficient_mb) if self._insufficient_mb else ""

    @property
    def notice(self) -> str:
        """The same, or what holds for changes now."""
        if self.reason or not self._violations:
            return self.reason
        return (
            f"the graph does not conform: it has {self._violations} violations of shapes or integrity rules, and only"
            " changes that add none are accepted"
        )

    def check(self) -> None:
        """Raise WritingStoppedError unless changes are accepted."""
        if reason := self.reason:
            raise WritingStoppedError(reason, None if self.stopped_reason else _RETRY_AFTER_S)

    @property
    def needs_validation(self) -> bool:
        """Whether the whole graph is to be validated before a change is accepted."""
        return not self._is_validated

    @property
    def violations(self) -> int:
        """How many the whole graph is known to have."""
        return self._violations

    @property
    def requires_whole(self) -> bool:
        """Whether the whole graph is to be judged before and after each change, because it does not conform."""
        return self._violations > 0

    def begin_validation(self) -> None:
        """The whole graph is being validated."""
        self._is_validating = True

    def end_validation(self, findings: Sequence[Finding] | None) -> None:
        """It has been, with these findings; or with None it could not be."""
        with self._lock:
            self._is_validating = False
            if findings is None:
                return
            violations = [finding for finding in findings if finding.severity == Severity.VIOLATION]
            self._is_validated, self._violations = True, len(violations)
            if not violations:
                self._record()
                return
        _log.error("%s", self.notice)
        for violation in violations[:_LOGGED]:
            _log.error("%s", violation)

    def give_up_validation(self, megabytes: int) -> None:
        """The whole graph cannot be validated in so much memory: no change is accepted until the next start."""
        self._insufficient_mb = megabytes
        _log.error("%s", self.stopped_reason)

    def note_violations(self, count: int) -> None:
        """A change was accepted with which the whole graph has so many; if it had any before."""
        if self._violations:
            with self._lock:
                self._violations = count
                if not count:
                    self._record()
            _log.warning("%s", self.notice or "the graph conforms again")

    def stop(self, disagreement: Disagreement) -> None:
        """Accept no change from now on, and keep this one for a bug report."""
        with self._lock:
            self.disagreements += 1
            folder = self._keep(disagreement)
        _log.critical("%s; the change is kept in %s", _DISAGREEMENT, folder or "no folder: it could not be written")

    def _record(self) -> None:
        if self._directory is None:
            return
        record = {"fingerprint": self._fingerprint, "time": datetime.now(UTC).isoformat(timespec="seconds")}
        staged = self._directory / f"{RECORD}.next"
        try:
            staged.write_text(json.dumps(record) + "\n", encoding="utf-8")
            staged.replace(self._directory / RECORD)
        except OSError as error:  # the next start validates again
            _log.warning("%s cannot be written: %s", self._directory / RECORD, error)

    def _keep(self, disagreement: Disagreement) -> Path | None:
        if self._directory is None:
            return None
        folder = self._directory / DISAGREEMENTS / datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        try:
            # What both engines accept of the whole is not known any more: the next start validates it.
            (self._directory / RECORD).unlink(missing_ok=True)
            folder.mkdir(parents=True)
            _write_change(disagreement.change, folder)
            (folder / "read-set.nt").write_bytes(disagreement.read_set)
            facts = {
                "first_engine_conforms": disagreement.conforms,
                "is_committed": disagreement.is_committed,
                "fingerprint": self._fingerprint,
            }
            (folder / "report.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")
        except OSError as error:
            _log.error("%s: %s", folder, error)
            return None
        return folder


def open_gate(settings: Settings) -> WriteGate:
    """The gate of the data directory; without one, as over a remote engine, nothing is kept and each start validates.

    In plain mode the data follow no shapes.
    """
    if settings.plain:
        return WriteGate()
    return WriteGate(None if settings.store else settings.data_dir, compute_fingerprint())


def list_disagreements(directory: Path) -> list[Path]:
    """The folders of the changes about which the engines have differed."""
    return sorted((directory / DISAGREEMENTS).glob("*/"))


def _write_change(change: Change | StagedChange, folder: Path) -> None:
    for name, quads in (("removed.nq", change.removed), ("added.nq", change.added)):
        if isinstance(quads, Path):
            shutil.copyfile(quads, folder / name)
        else:
            (folder / name).write_bytes(quads)


def _read_fingerprint(directory: Path) -> str:
    try:
        return str(json.loads((directory / RECORD).read_text(encoding="utf-8"))["fingerprint"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
