"""Sealing, and reading one's own store. PROTOCOL section 4."""

import pytest

from exchange.errors import OpenError, SealError
from exchange.opening import open_own_section
from exchange.sealing import AttachmentSealer, make_head, seal_attachment, seal_section
from exchange.statements import parse_statement
from schemas.encoding import b64u, digest_text
from schemas.wire.statement import Manifest
from tests.support.attachments import open_attachment
from tests.support.facilities import NOW, fixed_id, seed
from tests.support.story import CASE, MENTAL, Story, bundle, section_key, tag


def test_a_manifest_says_what_the_hub_needs_and_nothing_of_the_content() -> None:
    sealed = Story().sealed[MENTAL][0]
    manifest = parse_statement(sealed.manifest, Manifest)
    assert manifest.size == len(sealed.ciphertext)
    assert manifest.ciphertext == digest_text(sealed.ciphertext)
    assert (manifest.version, manifest.previous) == (1, None)
    text = sealed.manifest.payload_bytes()
    assert b"mental" not in text
    assert b"health" not in text


def test_versions_name_the_one_before() -> None:
    story = Story()
    first, second = story.sealed[MENTAL][0], story.seal(MENTAL)
    assert parse_statement(second.manifest, Manifest).previous == b64u(first.manifest.digest())


def test_small_differences_in_length_do_not_show() -> None:
    story = Story()
    short = story.seal(MENTAL, bundle(MENTAL, "x"))
    longer = story.seal(MENTAL, bundle(MENTAL, "x" * 2000))
    assert len(short.ciphertext) == len(longer.ciphertext)


def test_the_owner_reads_its_own_store() -> None:
    story = Story()
    sealed = story.sealed[MENTAL][0]
    opened = open_own_section(
        sealed.manifest, sealed.ciphertext, section_key(MENTAL, 1), story.owner, now=NOW
    )
    assert opened.bundle == bundle(MENTAL, "version 1")
    assert (opened.author.staff, opened.author.role) == story.alpha.doctor.author


def test_the_owner_notices_another_facilitys_manifest_in_its_store() -> None:
    story = Story()
    sealed = story.sealed[MENTAL][0]
    stranger = sealed.manifest.model_copy(update={"signatures": sealed.manifest.signatures[::-1]})
    with pytest.raises(OpenError) as refused:
        open_own_section(stranger, sealed.ciphertext, section_key(MENTAL, 1), story.owner, now=NOW)
    assert refused.value.step == "manifest"


@pytest.mark.parametrize(("version", "previous"), [(1, digest_text(b"x")), (2, None)])
def test_a_version_without_its_history_is_not_sealed(version: int, previous: str | None) -> None:
    alpha = Story().alpha
    with pytest.raises(SealError):
        seal_section(
            owner=alpha.code,
            case=CASE,
            section=fixed_id("section"),
            version=version,
            previous=previous,
            scope_tag=tag(MENTAL),
            bundle=b"{}",
            attachments=(),
            author_pair=alpha.doctor.pair,
            author=alpha.doctor.author,
            identity=alpha.identity,
            section_key=seed("key"),
            now=NOW,
        )


def test_a_head_names_a_manifest_once() -> None:
    digest = digest_text(b"manifest")
    with pytest.raises(SealError):
        make_head(
            owner="F-A1A1A1A1A1",
            consent=fixed_id("consent"),
            counter=1,
            manifests=[digest, digest],
            at=NOW,
            identity=Story().alpha.identity,
        )


PLACE = {"owner": "F-A1A1A1A1A1", "case": CASE}


class TestAttachments:
    @pytest.mark.parametrize("size", [0, 1, 1024, 16384, 16385, 300_000])
    def test_pieces_and_whole_are_sealed_alike(self, size: int) -> None:
        content = bytes(index % 251 for index in range(size))
        sealer = AttachmentSealer(key=seed("attachment"), **PLACE)
        pieces = [sealer.update(content[at : at + 7000]) for at in range(0, size, 7000)]
        ciphertext = b"".join([*pieces, sealer.finish()])
        descriptor = sealer.descriptor(content_type="image/png", title="scan")
        assert descriptor.size == size
        assert open_attachment(ciphertext, descriptor, **PLACE) == content

    def test_lengths_are_hidden(self) -> None:
        fields = {"key": seed("attachment"), "content_type": "image/png", "title": "scan"}
        short, _ = seal_attachment(b"x" * 5000, **fields, **PLACE)
        longer, _ = seal_attachment(b"x" * 16000, **fields, **PLACE)
        assert len(short) == len(longer)

    def test_an_unfinished_attachment_has_no_descriptor(self) -> None:
        sealer = AttachmentSealer(key=seed("attachment"), **PLACE)
        with pytest.raises(SealError):
            sealer.descriptor(content_type="image/png", title="scan")

    def test_keys_and_titles_stay_out_of_reprs(self) -> None:
        _, descriptor = seal_attachment(
            b"x", key=seed("attachment"), content_type="image/png", title="scan", **PLACE
        )
        assert descriptor.key not in repr(descriptor)
        assert "scan" not in repr(descriptor)
