"""Changes that the second engine judges after their answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from kg import later_judge
from kg.errors import OverloadedError, ServiceClosingError, StoreError
from kg.execution.interface import Call, QueryForm
from kg.execution.passthrough import CompleteResult
from kg.later_judge import JUDGE_AGAIN, LaterJudge
from kg.store.change import Change
from kg.validation.second_judge import Opinion, SecondOpinion
from kg.write_gate import WriteGate

CHANGE = Change(added=b"<x:s> <x:p> <x:o> .\n")
OPINION = SecondOpinion(Opinion.LATER, True, b"<x:s> <x:p> <x:o> .\n")


class Answers:
    """An executor that answers so, or raises."""

    def __init__(self, *answers: bool | Exception) -> None:
        self._answers = list(answers)
        self.calls: list[Call] = []

    def run(self, request: Call) -> CompleteResult:
        self.calls.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        properties: Mapping[str, Any] = MappingProxyType({"agrees": answer})
        return CompleteResult(QueryForm.REPLY, "application/json", b"", properties)


def judge(executor: Answers, monkeypatch: pytest.MonkeyPatch) -> tuple[LaterJudge, WriteGate]:
    monkeypatch.setattr(later_judge, "_PAUSE_S", 0)
    gate = WriteGate()
    judge = LaterJudge(executor, gate)
    judge.submit(CHANGE, OPINION)
    judge.wait()
    return judge, gate


def test_a_change_about_which_the_engines_agree_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = Answers(True)
    _, gate = judge(executor, monkeypatch)
    assert gate.reason == ""
    (call,) = executor.calls
    assert (call.procedure, call.content, call.arguments) == (JUDGE_AGAIN, OPINION.read_set, {"conforms": True})


def test_a_change_about_which_the_engines_differ_stops_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    _, gate = judge(Answers(False), monkeypatch)
    assert "engines differ" in gate.reason


def test_an_executor_with_too_much_to_do_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _, gate = judge(Answers(OverloadedError(1), OverloadedError(1), False), monkeypatch)
    assert gate.reason


def test_a_change_that_cannot_be_judged_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for errors in ([OverloadedError(1)] * 3, [StoreError("gone")]):
        later, gate = judge(Answers(*errors), monkeypatch)
        assert later.not_judged == 1
        assert gate.reason == ""


def test_what_waits_when_the_service_is_stopped_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    later, _ = judge(Answers(ServiceClosingError()), monkeypatch)
    later.close()
    assert later.not_judged == 0
    later.submit(CHANGE, OPINION)
