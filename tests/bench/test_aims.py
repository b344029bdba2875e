from bench.aims import Aim, Run, evaluate_aims
from bench.engine_server import Figures
from bench.graphql_cost import RequestCost
from bench.query_set import PAGE, POINT
from bench.table import format_table
from bench.throughput import Throughput


def _figures(latency: dict[str, float], errors: int = 0) -> Figures:
    throughput = {name: Throughput(100.0, 1.0, 2.0, errors) for name in (POINT, PAGE)}
    return Figures(latency_ms=latency, throughput=throughput)


def _cost(zones: int, queries: int, graphql_ms: float) -> RequestCost:
    return RequestCost(zones, zones * 10, queries, graphql_ms, graphql_ms, by_hand_ms=10.0)


def _verdicts(run: Run) -> dict[str, str]:
    return {aim.name: aim.verdict for aim in evaluate_aims(run)}


def test_an_aim_that_was_not_measured_is_not_met() -> None:
    assert not Aim("x", None, 1.0, at_most=True).is_met
    assert Aim("x", 0.4, 0.5, at_most=True).is_met
    assert not Aim("x", 0.4, 0.5, at_most=False).is_met


def test_every_aim_is_printed_with_its_verdict() -> None:
    assert str(Aim("x", 0.4, 0.5, at_most=True)).startswith("met ")
    assert str(Aim("x", 0.6, 0.5, at_most=True)).startswith("NOT MET ")
    assert str(Aim("x", None, 0.5, at_most=True)).startswith("NOT MEASURED ")


def test_graphql_is_judged_by_time_queries_and_growth() -> None:
    engines = {"ours": _figures({POINT: 1.0}), "oxigraph": _figures({POINT: 1.0})}
    good = Run(
        engines, [_cost(10, 7, 5.0), _cost(100, 7, 40.0)], {1000: _cost(100, 7, 40.0), 5000: _cost(100, 7, 60.0)}
    )
    assert [verdict for name, verdict in _verdicts(good).items() if "GraphQL" in name] == ["met"] * 3
    bad = Run(engines, [_cost(10, 7, 5.0), _cost(100, 8, 41.0)], {1000: _cost(100, 7, 40.0), 5000: _cost(100, 7, 61.0)})
    assert [verdict for name, verdict in _verdicts(bad).items() if "GraphQL" in name] == ["NOT MET"] * 3
    without = [verdict for name, verdict in _verdicts(Run(engines)).items() if "GraphQL" in name]
    assert without == ["NOT MEASURED"] * 3


def test_throughput_with_errors_does_not_count() -> None:
    run = Run({"ours": _figures({POINT: 1.0}, errors=1), "oxigraph": _figures({POINT: 1.0})})
    assert _verdicts(run)["throughput, point look-up"] == "NOT MEASURED"


def test_a_query_that_an_engine_fails_is_reported_and_left_out_of_its_ratios() -> None:
    other = _figures({POINT: 2.0})
    other.failed["zones"] = "other rows: 1 row, 2 of ours"
    del other.throughput[PAGE]
    run = Run({"ours": _figures({POINT: 1.0, "zones": 9.0}), "other": other}, [_cost(10, 7, 5.0)])
    lines = [line.split() for line in format_table(run)]
    assert ["zones,", "ms", "9.00", "-", "-"] in lines
    assert ["geometric", "mean", "0.50"] in lines
    assert ["page,", "16", "clients,", "1/s", "100.0", "-", "-"] in lines
    assert any("other is not measured at zones: other rows" in line for line in format_table(run))
    assert ["10", "100", "7", "5.0", "10.0", "0.50", "5.0", "50.0"] in lines
