"""Reading kept files: which a person may open, and their bytes."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db.models import Q

from warrant.apps.officers.models import Document
from warrant.apps.officers.selectors.sealing import open_file
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, NotFound, Unavailable


def document_path(digest: str) -> Path:
    """Return where the file of a digest lies."""
    return Path(settings.WARRANT_DOCUMENT_ROOT) / digest[:2] / digest


def document_content(document: Document) -> bytes:
    """Return the file's bytes as they were sent; the caller has checked that it may.

    Raises:
        Unavailable: the file is not in the store.
    """
    try:
        sealed = document_path(document.digest).read_bytes()
    except OSError as error:
        raise Unavailable(
            "document-missing",
            N_("文件“%(file_name)s”暂时无法读取，请告知系统管理员"),
            file_name=document.file_name,
        ) from error
    return open_file(document.digest, sealed)


def document_for(viewer: Actor, pk: int) -> Document:
    """Return the file if ``viewer`` may open it: by its permission within the scope, or as the officer it is about.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    rows = Document.system.filter(pk=pk)
    document = rows.first()
    if document is not None:
        if document.officer_uid and viewer.officer_uid == str(document.officer_uid):
            return document
        scoped = Document.objects.visible_to(viewer, Permission(document.permission))
        if scoped.filter(Q(pk=pk)).exists():
            return document
    raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
