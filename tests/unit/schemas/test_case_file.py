"""Case files: the shape of docs/CASE.md."""

import base64
import json
import re
import struct
import zlib
from pathlib import Path

import pytest

from schemas.case_file import CaseFile, attachments_of, load_sample_case, sample_case_bytes
from schemas.components.records import RECORDS
from schemas.errors import ComponentError
from schemas.samples.picture import noise_png
from tests.support.free_text import texts_of, with_texts

DOCUMENT = {"title": "x", "kind": "other", "attachment": "a.txt"}
ATTACHMENT = {"name": "a.txt", "content_type": "text/plain", "base64": "eA=="}
CASE = {
    "format": "safehand-case/1",
    "code_number": "K7Q2-9MXD-41TB",
    "components": {"health": {"documents": [DOCUMENT]}},
    "attachments": [ATTACHMENT],
}


def _parse(**changes):
    return CaseFile.from_bytes(json.dumps(CASE | changes).encode())


def _no_files(path):
    raise AssertionError(f"asked for {path}")


def test_a_case_comes_back_from_its_own_file():
    case = load_sample_case()
    assert CaseFile.from_bytes(case.to_bytes()) == case
    assert b"null" not in case.to_bytes()


def test_the_sample_has_all_components():
    assert {record.component for record in load_sample_case().records()} == set(RECORDS)


def test_the_sample_uses_every_field_that_can_be_true_of_one_grown_woman():
    unused = {
        f"{record.component}.{field}"
        for record in load_sample_case().records()
        for field in type(record).model_fields
        if not getattr(record, field)
    }
    assert unused == {
        "administrative.absent",
        "administrative.gender_identity",
        "administrative.guardians",
        "administrative.linked_persons",
        "administrative.unaccompanied",
        "discharge-summary.documents",
        "identity.documents",
        "referral.caregiver",
        "referral.documents",
    }


def test_the_sample_is_written_with_every_person_made_up_and_in_several_scripts():
    text = sample_case_bytes().decode()
    assert re.search(r"[а-яіїєґ]{4}", text)
    assert re.search(r"[țșăâî]", text)


def test_the_sample_carries_a_picture_of_a_few_megabytes_that_is_a_picture():
    attachment = load_sample_case().attachments[0]
    content = attachment.content(_no_files)
    assert content == attachment.content(_no_files)
    assert 2_000_000 < len(content) < 5_000_000
    width, height, lines = _decode_png(content)
    assert (width, height) == (attachment.picture.width, attachment.picture.height)
    assert len(lines) == height * (width + 1)


def _decode_png(content):
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    at, parts = 8, {}
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", content, at + 8 + length)[0] == zlib.crc32(kind + data)
        parts[kind] = data
        at += 12 + length
    assert list(parts) == [b"IHDR", b"IDAT", b"IEND"]
    return *struct.unpack(">II", parts[b"IHDR"][:8]), zlib.decompress(parts[b"IDAT"])


def test_pictures_differ_by_seed():
    assert noise_png(1, 8, 8) != noise_png(2, 8, 8)


def test_attachments_come_from_the_file_itself_or_from_a_reader():
    assert _parse().attachments[0].content(_no_files) == b"x"
    beside = {"name": "a.txt", "content_type": "text/plain", "file": "papers/a.txt"}
    (attachment,) = _parse(attachments=[beside]).attachments
    assert attachment.content(lambda path: path.encode()) == b"papers/a.txt"


def test_an_attachment_belongs_to_the_section_of_the_fact_that_names_it():
    health = load_sample_case().components.health
    assert attachments_of(health) == {
        "chest-front.png": "infectious",
        "protection-order.txt": "legal-liaison",
    }


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"format": "safehand-case/2"}, "case.format"),
        ({"code_number": "Olena K."}, "case.code_number"),
        ({"components": {"gossip": {}}}, "case.components.gossip"),
        (
            {"components": {"health": {"documents": [DOCUMENT | {"kind": "diary"}]}}},
            "documents.0.kind",
        ),
        ({"attachments": []}, "case.components.health"),
        ({"attachments": [ATTACHMENT, ATTACHMENT]}, "case.attachments.1"),
        ({"components": {}}, "case.attachments.0"),
        ({"attachments": [ATTACHMENT | {"file": "a.txt"}]}, "attachments.0"),
        ({"attachments": [{"name": "a.txt", "content_type": "text/plain"}]}, "attachments.0"),
        ({"attachments": [ATTACHMENT | {"name": "../a"}]}, "attachments.0.name"),
        (
            {"attachments": [ATTACHMENT | {"content_type": "text/html; x"}]},
            "attachments.0.content_type",
        ),
        ({"extra": 1}, "case.extra"),
    ],
)
def test_a_fault_is_refused_with_its_path(changes, path):
    with pytest.raises(ComponentError) as caught:
        _parse(**changes)
    assert path in caught.value.path


def test_pictures_are_limited_in_all():
    picture = {"seed": 1, "width": 3000, "height": 2001}
    made = [
        {"name": name, "content_type": "image/png", "picture": picture}
        for name in ("a.png", "b.png")
    ]
    named = [DOCUMENT | {"attachment": one["name"]} for one in made]
    assert _parse(components={"health": {"documents": named[:1]}}, attachments=made[:1])
    with pytest.raises(ComponentError, match="pixels together"):
        _parse(components={"health": {"documents": named}}, attachments=made)


@pytest.mark.parametrize("text", ["no base64!", "\u00e9A=="])
def test_attachments_that_are_not_base64_are_refused_when_read(text):
    (attachment,) = _parse(attachments=[ATTACHMENT | {"base64": text}]).attachments
    with pytest.raises(ComponentError, match="base64"):
        attachment.content(_no_files)


@pytest.mark.parametrize(
    "second",
    [
        {"health": {"documents": [DOCUMENT, DOCUMENT | {"kind": "legal-paper"}]}},
        {
            "health": {"documents": [DOCUMENT]},
            "referral": {"documents": [DOCUMENT | {"kind": "legal-paper"}]},
        },
    ],
)
def test_one_attachment_can_not_be_in_two_sections(second):
    with pytest.raises(ComponentError):
        _parse(components=second)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe", b'{"format":null}'])
def test_what_is_no_case_file_is_refused(data):
    with pytest.raises(ComponentError):
        CaseFile.from_bytes(data)


def test_every_text_a_person_wrote_can_be_replaced():
    case = load_sample_case()
    texts = texts_of(case)
    assert "Олена" in texts.values()
    assert len(texts) > 150
    replaced = with_texts(case, lambda path, text: "marked")
    assert set(texts_of(replaced).values()) == {"marked"}
    assert set(texts_of(replaced)) == set(texts)


def test_the_example_in_the_documentation_is_a_case():
    page = (Path(__file__).parents[3] / "docs" / "CASE.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.S)
    case = CaseFile.from_bytes(example.encode())
    assert case.records()
    assert base64.b64decode(case.attachments[0].base64)
