"""Unique texts in every field that a person fills in; then the hub is searched for them. No hits.

The hub runs as a child of the test, on SQLite and on PostgreSQL. Searched are its database files
and write-ahead log, every value in the database, its logs, attachments and temporary files, each
request and answer that passed, and its memory; and what locked nodes leave on disk. That the search
would find something is shown with controls in every form and place, last of all by a node that
forgets to encrypt. PROTOCOL sections 4 and 11.
"""

import base64
import gzip
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest

from schemas.sensitivity import CATEGORIES, COMPONENTS
from tests.e2e.installed import Installed
from tests.support import postgres, process_memory
from tests.support.canary import FORMS, Hit, Marks, Scanner, Unit
from tests.support.canary_case import left_out
from tests.support.careless import give_away
from tests.support.watched import Watched, units_of_process

SHORTEST_WORD = 10
LAYERS = ("zlib", "gzip", "deflate")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def watched(
    request: pytest.FixtureRequest,
    installed: Installed,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    """One case has gone from Alpha to Beta; everybody still runs, the nodes locked."""
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(postgres.fresh_database(server))
        world = Watched(tmp_path_factory.mktemp("watched"), installed.command, url)
        world.found()
        stack.enter_context(world.running())
        assert world.do_the_main_job() > 5
        yield world


def where(hits: list[Hit], world: Watched) -> list[str]:
    """Say which field was found where."""
    return sorted(
        {
            f"{world.case.path_of(one.excerpt)} in {one.place} as {one.form}, {one.layer}"
            for one in hits
        }
    )


def test_every_field_that_a_person_fills_in_holds_a_canary(watched: Watched) -> None:
    assert left_out(watched.case.covered) == []


def test_the_hub_holds_none_of_them(watched: Watched) -> None:
    hits = Scanner(watched.marks.all).scan(watched.units_of_hub())
    assert where(hits, watched) == []


def test_the_hub_is_not_told_what_a_section_is(watched: Watched) -> None:
    """Neither in what it was sent nor in what it keeps. (Its program knows the words.)"""
    words = [one for one in (*CATEGORIES, *COMPONENTS) if len(one) >= SHORTEST_WORD]
    hits = Scanner(words).scan(
        one for one in watched.units_of_hub() if one.place.startswith(("column", "captured"))
    )
    assert hits == []


def test_the_capture_is_of_the_whole_job(watched: Watched) -> None:
    seen = {exchange.target.split("/")[2] for exchange in watched.recorder.exchanges}
    assert seen >= {"sections", "attachments", "consents", "grants", "messages", "releases"}
    assert max(len(one.request_body) for one in watched.recorder.exchanges) > 2_000_000


def test_locked_nodes_and_commands_leave_none_of_them_on_disk(watched: Watched) -> None:
    hits = Scanner(watched.marks.all).scan(watched.units_at_rest())
    assert where(hits, watched) == []


def test_a_node_that_forgets_to_encrypt_is_found_in_every_form(watched: Watched) -> None:
    """What a careless node pushes is found in database, folder and capture: nothing hides it."""
    marks = Marks.draw()
    give_away(watched, planted(marks))
    hits = Scanner(marks.all).scan(
        one for one in watched.units_of_hub() if not one.place.startswith("memory")
    )
    for place in ("column sections.ciphertext", "attachments", "captured request_body"):
        found = {(one.form, one.layer) for one in hits if place in one.place}
        assert found >= everything(), place
    files = "hub.sqlite-wal" if watched.database_url is None else "pg_wal"
    assert {one.form for one in hits if files in one.place} >= set(FORMS)


def everything() -> set[tuple[str, str]]:
    """Every form as it is, and within each kind of stream."""
    return {(form, layer) for form in FORMS for layer in ("plain", *LAYERS)}


def planted(marks: Marks) -> list[bytes]:
    """Return texts in every form, then the same within each kind of stream."""
    text = marks.text(1)
    # Each base64 form needs so many bytes before the text; all stand a few times, since a database
    # may cut what is long.
    pieces = [form(text) for form in FORMS.values()]
    plain = b"".join(b"~" + piece + b"~" * (37 + at) for at in range(4) for piece in pieces)
    raw = zlib.compressobj(wbits=-15)
    return [plain, zlib.compress(plain), gzip.compress(plain), raw.compress(plain) + raw.flush()]


def test_controls_are_found_in_every_form_and_stream() -> None:
    marks = Marks.draw()
    units = [Unit("here", content) for content in planted(marks)]
    assert {(one.form, one.layer) for one in Scanner(marks.all).scan(units)} >= everything()


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_found_for_each_alphabet(form: str) -> None:
    marks = Marks.draw()
    for mark in marks.all:
        data = b"\x00before" + FORMS[form](f"{mark}0042") + b"after"
        assert form in {one.form for one in Scanner(marks.all).scan([Unit("here", data)])}
    assert Scanner(Marks.draw().all).scan([Unit("here", data)]) == []


@pytest.mark.parametrize(
    "encode",
    [
        json.dumps,
        quote,
        lambda text: text.encode().hex(),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(b"?" + text.encode()).decode(),
        lambda text: base64.b64encode(b"??" + text.encode() + b"?").decode(),
    ],
)
def test_what_encoders_make_is_found(encode: Callable[[str], str]) -> None:
    marks = Marks.draw()
    for text in (marks.latin, marks.arabic):
        data = f"before {encode(text)} after".encode()
        assert Scanner(marks.all).scan([Unit("here", data)]) != []


def test_a_control_is_found_in_the_memory_of_a_process(tmp_path: Path) -> None:
    marks = Marks.draw()
    file = tmp_path / "planted"
    file.write_bytes(b"\n".join(content.hex().encode() for content in planted(marks)))
    hold = (
        "import sys; held = [bytes.fromhex(one) for one in open(sys.argv[1])]; "
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        hits = Scanner(marks.all).scan(units_of_process(process.pid))
    assert {(one.form, one.layer) for one in hits} >= everything()


def test_memory_that_can_not_be_read_is_an_error() -> None:
    unmapped = process_memory.Mapping(4096, 8192, "r--p", "")
    with pytest.raises(process_memory.UnreadableError):
        process_memory.read(os.getpid(), unmapped)
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(process_memory.UnreadableError):
            list(process_memory.memory(ended.pid))
