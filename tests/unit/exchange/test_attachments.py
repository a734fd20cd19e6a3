"""Opening attachments as they stream. PROTOCOL section 4."""

import pytest

from exchange.errors import OpenError
from exchange.opening import AttachmentOpener
from exchange.padding import padded_size
from exchange.sealing import seal_attachment
from exchange.section import AttachmentDescriptor, attachment_context
from keys.body import seal_body
from schemas.encoding import b64u, digest_text
from tests.support.attachments import open_attachment
from tests.support.facilities import fixed_id, seed

PLACE = {"owner": "F-A1A1A1A1A1", "case": fixed_id("case")}
KEY = seed("attachment")
CONTENT = bytes(index % 251 for index in range(100_000))
CIPHERTEXT, DESCRIPTOR = seal_attachment(
    CONTENT, key=KEY, content_type="image/png", title="scan", **PLACE
)
CHUNK = 16_384
SEALED_CHUNK = CHUNK + 16
HEADER = 56
"""Salt and commitment of C2SP chunked encryption."""


def refusal(ciphertext: bytes, descriptor: AttachmentDescriptor = DESCRIPTOR, **place: str) -> str:
    with pytest.raises(OpenError) as refused:
        open_attachment(ciphertext, descriptor, **PLACE | place)
    assert refused.value.step == "attachment"
    return refused.value.reason


def described(padded: bytes, **changes: object) -> tuple[bytes, AttachmentDescriptor]:
    """Seal these bytes as they are, and describe them as CONTENT with some changes."""
    ciphertext = seal_body(KEY, attachment_context(**PLACE), padded)
    update = {"ciphertext": digest_text(ciphertext)} | changes
    return ciphertext, DESCRIPTOR.model_copy(update=update)


@pytest.mark.parametrize("piece", [1000, CHUNK, 65_536, len(CIPHERTEXT)])
def test_pieces_of_any_size_open(piece: int) -> None:
    opener = AttachmentOpener(DESCRIPTOR, **PLACE)
    parts = [opener.update(CIPHERTEXT[at : at + piece]) for at in range(0, len(CIPHERTEXT), piece)]
    assert b"".join([*parts, opener.finish()]) == CONTENT


def test_every_piece_that_comes_out_is_authentic() -> None:
    """A chunk that was tampered with never comes out, however far the stream has got."""
    tampered = bytearray(CIPHERTEXT)
    tampered[3 * CHUNK] ^= 1
    opener = AttachmentOpener(DESCRIPTOR, **PLACE)
    out: list[bytes] = []
    with pytest.raises(OpenError):
        out.extend(opener.update(bytes(tampered[at : at + 1000])) for at in range(0, 99_000, 1000))
    released = b"".join(out)
    assert CHUNK <= len(released) < 3 * CHUNK
    assert CONTENT.startswith(released)


@pytest.mark.parametrize("length", [0, 1, 55, 56, CHUNK, len(CIPHERTEXT) - 1])
def test_a_truncated_attachment_is_refused(length: int) -> None:
    assert refusal(CIPHERTEXT[:length]) == "not-opened"


def test_whole_chunks_cut_off_are_noticed_at_the_end() -> None:
    opener = AttachmentOpener(DESCRIPTOR, **PLACE)
    assert opener.update(CIPHERTEXT[: HEADER + 2 * SEALED_CHUNK]) == CONTENT[: 2 * CHUNK]
    with pytest.raises(OpenError):
        opener.finish()


def test_swapped_chunks_are_refused() -> None:
    ends = [HEADER + n * SEALED_CHUNK for n in range(3)]
    first, second = CIPHERTEXT[ends[0] : ends[1]], CIPHERTEXT[ends[1] : ends[2]]
    swapped = CIPHERTEXT[:HEADER] + second + first + CIPHERTEXT[ends[2] :]
    assert len(swapped) == len(CIPHERTEXT)
    assert refusal(swapped) == "not-opened"


@pytest.mark.parametrize("place", [{"owner": "F-C3C3C3C3C3"}, {"case": fixed_id("another")}])
def test_an_attachment_of_another_case_or_owner_is_refused(place: dict[str, str]) -> None:
    assert refusal(CIPHERTEXT, **place) == "not-opened"


def test_an_attachment_under_another_key_is_refused() -> None:
    other = DESCRIPTOR.model_copy(update={"key": b64u(seed("another"))})
    assert refusal(CIPHERTEXT, other) == "not-opened"


@pytest.mark.parametrize("field", ["ciphertext", "plaintext"])
def test_an_attachment_with_another_digest_is_refused(field: str) -> None:
    other = DESCRIPTOR.model_copy(update={field: digest_text(b"another")})
    assert refusal(CIPHERTEXT, other) == "digest"


def test_the_same_content_sealed_anew_is_not_the_same_attachment() -> None:
    again, _ = seal_attachment(CONTENT, key=KEY, content_type="image/png", title="scan", **PLACE)
    assert refusal(again) == "digest"


@pytest.mark.parametrize(
    ("defect", "reason", "padded", "changes"),
    [
        ("no-padding", "size", CONTENT, {}),
        ("other-padding", "size", CONTENT.ljust(200_000, b"\0"), {}),
        ("padding-not-zero", "padding", CONTENT.ljust(padded_size(100_000), b"\1"), {}),
        (
            "shorter-than-described",
            "size",
            CONTENT.ljust(padded_size(100_000), b"\0"),
            {"size": 110_000},
        ),
        (
            "longer-than-described",
            "padding",
            CONTENT.ljust(padded_size(100_000), b"\0"),
            {"size": 99_999},
        ),
    ],
)
def test_padding_is_checked_strictly(
    defect: str, reason: str, padded: bytes, changes: dict[str, object]
) -> None:
    assert refusal(*described(padded, **changes)) == reason
