"""That the benchmark's code runs and adds up. Nothing here looks at a time."""

import json
import socket
import threading
from pathlib import Path

import pytest

from tests.bench import command, served
from tests.bench.load import HOST, Load, run
from tests.bench.measures import percentile, ratio_of
from tests.bench.plan import SMOKE
from tests.bench.processes import free_port, python, serving
from tests.bench.report import Report, machine, save

WORKS = [
    served.HELLO,
    served.INSERT,
    served.PUSH,
    served.BATCH_PUSH,
    served.LOOKUP,
    served.DECIDED,
    served.DELIVERED,
]


def quiet(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def report() -> Report:
    return command.measure(SMOKE, ["sqlite"], command.PARTS, quiet)


def test_every_work_is_measured_against_its_floors(report: Report) -> None:
    assert [row.work for row in report.served] == WORKS
    for row in report.served:
        assert [one.to for one in row.ratios] == [to for to, _ in served.COMPARED.get(row.work, [])]
        assert row.requests > 0
        assert row.p50_ms <= row.p99_ms
        assert row.server_mib > 0


def test_every_part_within_the_process_is_measured(report: Report) -> None:
    assert {row.group for row in report.timed} == {
        "seal and open",
        "signatures",
        "audit log",
        "FHIR mapping",
    }
    assert all(0 < row.best_micros <= row.micros for row in report.timed)


def test_the_report_is_json_and_tells_no_paths(report: Report, tmp_path: Path) -> None:
    text = save(report, machine(), tmp_path).read_text()
    assert len(json.loads(text)["served"]) == len(WORKS)
    assert str(Path.cwd()) not in text


def test_other_answers_than_expected_stop_the_run(tmp_path: Path) -> None:
    port = free_port()
    url = f"sqlite:///{tmp_path / 'floor.sqlite'}"
    program = python("-m", "tests.bench.floor_server", str(port), url)
    with serving(program, port, "/hello", tmp_path / "log") as server:
        missing = served.Work(
            "missing", server, lambda _: [served.plain("GET", "/no")], served.OK, False
        )
        with command.load_generator() as generator, pytest.raises(RuntimeError, match="404"):
            served.measure("none", [missing], SMOKE, generator, quiet)


def test_a_lost_connection_stops_the_run() -> None:
    with socket.create_server((HOST, 0)) as listener:
        hang_up = threading.Thread(target=lambda: listener.accept()[0].close())
        hang_up.start()
        with pytest.raises(ConnectionError):
            run(Load(listener.getsockname()[1], [served.plain("GET", "/")], 1, 5))
        hang_up.join()


def test_a_percentile_is_a_measured_value() -> None:
    values = [float(one) for one in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.99)) == (51, 100)
    assert percentile([7.0], 0.99) == 7


def test_a_ratio_is_the_median_of_its_rounds() -> None:
    ratio = ratio_of("floor", [1, 9, 4], [10, 10, 10], 0.5)
    assert (ratio.value, ratio.rounds) == (0.4, [0.1, 0.9, 0.4])
