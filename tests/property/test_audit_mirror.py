"""However a mirror is spoilt, verification notices; and what it names, was done."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.audit.findings import Finding
from exchange.audit.verify import Verdict, verify_log
from tests.support.mirrors import KEYS, MemoryMirror, honest_mirror, line_of, made_entry

SIZES = st.sampled_from([1, 2, 9, 255, 256, 257, 300, 520])


def verify(mirror: MemoryMirror) -> Verdict:
    return verify_log(mirror, KEYS)


def about_entries(verdict: Verdict) -> list[Finding]:
    assert not verdict.verified
    return list(verdict.findings)


@given(SIZES, st.data())
def test_any_set_of_edits_is_named_exactly(size: int, data: st.DataObject) -> None:
    edited = data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=12))
    mirror = honest_mirror(size)
    for index in edited:
        mirror.lines[index] = line_of(index, made_entry(index, actor="operator"))
    found = about_entries(verify(mirror))
    assert [(one.kind, one.first) for one in found] == [("entry-edited", n) for n in sorted(edited)]


@given(SIZES, st.booleans(), st.data())
def test_any_set_of_removals_is_named_exactly(
    size: int, careful: bool, data: st.DataObject
) -> None:
    removed = data.draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=12))
    mirror = honest_mirror(size)
    mirror.lines = [line for index, line in enumerate(mirror.lines) if index not in removed]
    if careful:
        mirror.renumber()
    found = about_entries(verify(mirror))
    assert {one.kind for one in found} <= {"entry-missing", "truncated"}
    named = {n for one in found for n in range(one.first or 0, (one.last or 0) + 1)}
    assert named == removed


@given(SIZES, st.booleans(), st.data())
def test_any_additions_are_named(size: int, careful: bool, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, size), min_size=1, max_size=8))
    mirror = honest_mirror(size)
    for number, place in enumerate(sorted(places, reverse=True)):
        mirror.lines.insert(place, line_of(place, made_entry(10_000 + number)))
    if careful:
        mirror.renumber()
    found = about_entries(verify(mirror))
    inserted = [one.first for one in found if one.kind == "entry-inserted"]
    assert inserted == sorted(place for place in places if place < size)
    assert any(one.kind == "surplus" for one in found) == (size in places)


@given(SIZES.filter(lambda size: size > 2), st.data())
def test_any_reordering_is_called_a_move(size: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, size - 2))
    end = data.draw(st.integers(start + 2, min(size, start + 8)))
    order = data.draw(st.permutations(range(start, end)))
    mirror = honest_mirror(size)
    mirror.lines[start:end] = [honest_mirror(size).lines[index] for index in order]
    if order == list(range(start, end)):
        assert verify(mirror).verified
        return
    found = about_entries(verify(mirror))
    assert {one.kind for one in found} == {"entry-moved"}
    assert {one.first for one in found} <= set(range(start, end))


@given(SIZES, st.data())
def test_any_flipped_bit_of_a_line_is_found(size: int, data: st.DataObject) -> None:
    mirror = honest_mirror(size)
    index = data.draw(st.integers(0, size - 1))
    line = bytearray(list(mirror.entry_lines())[index])
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    mirror.lines[index] = bytes(line)
    assert [one.first for one in about_entries(verify(mirror))] == [index]


@given(SIZES, st.data())
def test_any_flipped_bit_of_a_tile_is_found(size: int, data: st.DataObject) -> None:
    mirror = honest_mirror(size)
    which = data.draw(st.sampled_from(sorted(mirror.tiles)))
    tile = bytearray(mirror.tiles[which])
    tile[data.draw(st.integers(0, len(tile) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    mirror.tiles[which] = bytes(tile)
    assert [one.kind for one in about_entries(verify(mirror))] == ["tile-altered"]


@st.composite
def damages(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    kinds = st.sampled_from(["edit", "remove", "add", "swap", "garble", "tile", "no tile"])
    return draw(
        st.lists(st.tuples(kinds, st.integers(0, 600), st.integers(0, 600)), min_size=1, max_size=9)
    )


def damage(mirror: MemoryMirror, kind: str, one: int, other: int) -> None:
    lines, tiles = mirror.lines, sorted(mirror.tiles)
    at, also = (place % max(1, len(lines)) for place in (one, other))
    if kind == "add":
        lines.insert(at, line_of(other, made_entry(other)))
    elif kind == "tile" and tiles:
        mirror.tiles[tiles[one % len(tiles)]] = bytes(32 * (1 + other % 256))
    elif kind == "no tile" and tiles:
        del mirror.tiles[tiles[one % len(tiles)]]
    elif lines and kind == "edit":
        lines[at] = line_of(at, made_entry(other, actor="operator"))
    elif lines and kind == "remove":
        del lines[at]
    elif lines and kind == "swap":
        lines[at], lines[also] = lines[also], lines[at]
    elif lines and kind == "garble":
        lines[at] = b"\xff" * (other % 5)


@given(SIZES, damages())
def test_no_mixture_of_damage_goes_unnoticed(size: int, done: list[tuple[str, int, int]]) -> None:
    honest, mirror = honest_mirror(size), honest_mirror(size)
    for kind, one, other in done:
        damage(mirror, kind, one, other)
    whole = mirror.lines == honest.lines and mirror.tiles == honest.tiles
    assert verify(mirror).verified == whole
    assert verify_log(mirror, KEYS, earlier=[honest.checkpoint]).verified == whole


@given(SIZES, st.data())
def test_a_log_contains_every_checkpoint_it_ever_signed(size: int, data: st.DataObject) -> None:
    seen = data.draw(st.lists(st.integers(0, size), max_size=4))
    verdict = verify_log(
        honest_mirror(size), KEYS, earlier=[honest_mirror(one).checkpoint for one in seen]
    )
    assert verdict.verified
