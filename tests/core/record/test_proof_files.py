"""Proofs that are whole are taken; what was cut off on its way is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.proofs import image, pdf

from warrant.adapters.made_up_portraits import portrait
from warrant.core.errors import InvalidInput
from warrant.core.record.proof_files import check_proof

JPEG, PNG, PDF = image("JPEG"), image("PNG"), pdf()


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (JPEG, "image/jpeg"),
        (JPEG + b"\x00trailing words of a camera", "image/jpeg"),
        (PNG, "image/png"),
        (PDF, "application/pdf"),
        (portrait(3, "male"), "image/jpeg"),
    ],
)
def test_a_whole_file_is_taken(raw, media_type):
    assert check_proof(raw) == media_type


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (JPEG[:-2], "document-damaged"),
        (JPEG[:200], "document-damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "document-damaged"),
        (PNG[:-5], "document-damaged"),
        (PNG[:40], "document-damaged"),
        (PNG.replace(b"IDAT", b"IDAX"), "document-damaged"),
        (PDF[:-8], "document-damaged"),
        (b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n%%EOF\n", "document-no-pages"),
        (b"GIF89a", "document-format"),
        (b"", "document-format"),
    ],
)
def test_what_is_cut_off_or_something_else_is_refused(raw, code):
    with pytest.raises(InvalidInput, match=code):
        check_proof(raw)


def test_a_pdf_with_compressed_objects_has_its_pages_in_them():
    assert (
        check_proof(b"%PDF-1.5\n1 0 obj<</Type/ObjStm/N 3>>stream\nx\nendstream endobj\n%%EOF")
        == "application/pdf"
    )


@given(st.sampled_from([JPEG, PNG, PDF]), st.data())
def test_no_prefix_of_a_file_is_whole(raw, data):
    kept = data.draw(st.integers(0, len(raw) - 10))
    with pytest.raises(InvalidInput):
        check_proof(raw[:kept])


@given(st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4"]), st.binary(max_size=300))
def test_any_bytes_are_answered(magic, rest):
    try:
        found = check_proof(magic + rest)
    except InvalidInput as refused:
        found = refused.code
    assert found in {"image/jpeg", "image/png", "application/pdf", "document-damaged", "document-no-pages"}
