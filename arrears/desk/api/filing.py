"""Addresses of a case's documents: what there is, one kept, one read."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from arrears.desk.api import waiting_answers as a
from arrears.desk.api import work_schemas as s
from arrears.desk.api import work_values as w
from arrears.desk.api.access import Bearer, Caller
from arrears.desk.api.asking import CustomerId, Key, RowId, read, require_customer, require_theirs, written
from arrears.desk.api.errors import ApiError
from arrears.desk.api.once import once
from arrears.desk.cases.documents import documents_of, keep_document, read_document
from arrears.desk.current import desk
from arrears.desk.ledger.appending import Connection
from arrears.desk.people.recording import record

router = Router(tags=["cases"])
DOCUMENTS = "/customers/{customer_id}/documents"


@router.get(DOCUMENTS, response=read(a.DocumentsOut), auth=Bearer("cases:read", "case.see"))
def documents(request: HttpRequest, customer_id: CustomerId, page: w.Page = 1) -> Any:
    """Which documents a case has, fifty a page. That it was read is on the record."""
    with desk().connection() as connection:
        require_customer(connection, customer_id)
        rows, more = documents_of(connection, customer_id, page)
    record(request.auth.actor, "look", customer_id=customer_id, subject="api documents", token=request.auth.token.pk)
    return {"documents": rows, "next_page": w.following(page, more=more)}


@router.post(DOCUMENTS, response=written(a.DocumentKept), auth=Bearer("cases:write", "case.work", "case.visit"))
def document_kept(request: HttpRequest, customer_id: CustomerId, key: Key, told: s.DocumentIn) -> HttpResponse:
    """Keep a document. Where the process dies midway, a file may lie there that no case names, which is harmless."""

    def act(connection: Connection, caller: Caller) -> dict[str, Any]:
        require_customer(connection, customer_id)
        try:
            raw = base64.b64decode(told.content, validate=True)
        except ValueError:
            raise ApiError(422, "this is no base64", where="content", remedy="send it whole, with its padding") from None
        here = desk()
        kept = keep_document(connection, here.workspace, customer_id, told.kind, raw, here.now(), caller.actor)
        return {"document_id": kept}

    return once(request, key, a.DocumentKept, act)


@router.get(DOCUMENTS + "/{document_id}", response=read(a.DocumentRead), auth=Bearer("cases:read", "case.reveal"))
def document(request: HttpRequest, customer_id: CustomerId, document_id: RowId) -> Any:
    """A document itself. That it was read is on the record."""
    with desk().connection() as connection:
        require_theirs(connection, "document", "document_id", document_id, customer_id)
        raw, media = read_document(connection, desk().workspace, customer_id, document_id)
    record(
        request.auth.actor, "look", customer_id=customer_id, subject="api document", document_id=document_id,
        token=request.auth.token.pk,
    )  # fmt: skip
    return {"document_id": document_id, "media": media, "content": base64.b64encode(raw).decode()}
