"""Values of the work that requests are made of, with their bounds."""

from __future__ import annotations

from typing import Annotated

from ninja import Query
from pydantic import Field

from arrears.desk.api.access import ID
from arrears.desk.api.values import INT64_MAX, code
from arrears.desk.cases.documents import BYTES_MAX
from arrears.desk.cases.words import DOCUMENTS
from arrears.desk.paging import PAGES_MAX
from arrears.desk.work.assigning import ASSIGNED_MAX
from arrears.desk.work.quality import CRITERIA, PER_AGENT_MAX, REMARK_MAX, SEED_MAX
from arrears.desk.work.targets import BP, MEASURES
from arrears.desk.work.words import WRITE_OFF_REASONS

BODY_MAX = 1_000_000
"""Bytes that a request's body may have, as `arrears.desk.configuring` sets it."""
CONTENT_MAX = 990_000
"""Letters of a document in base64, so that the body around it has room; a page takes files of up to `BYTES_MAX` bytes."""
NOTE_MAX = 500
assert CONTENT_MAX < BODY_MAX and CONTENT_MAX * 3 // 4 <= BYTES_MAX  # noqa: S101 - one cannot be more than the other

Username = Annotated[str, Field(pattern=f"^{ID}$", max_length=32, description="A user's.")]
AgencyCode = Annotated[str, Field(pattern=f"^{ID}$", max_length=32, description="As its users have it.")]
SegmentCode = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,47}$", description="An id of the playbook.")]
CustomerIds = Annotated[
    list[Annotated[str, Field(pattern=f"^{ID}$", max_length=32)]], Field(min_length=1, max_length=ASSIGNED_MAX)
]
TopNumber = Annotated[int, Field(ge=1, le=ASSIGNED_MAX, strict=True)]
Month = Annotated[str, Field(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", description="As 2026-06.")]
Measure = Annotated[str, code(MEASURES)]
BasisPoints = Annotated[int, Field(ge=0, le=BP, strict=True, description="Basis points: 12.5 % is 1250.")]
WriteOffReason = Annotated[str, code(WRITE_OFF_REASONS)]
DocumentKind = Annotated[str, code(DOCUMENTS)]
Content = Annotated[
    str, Field(
        min_length=4, max_length=CONTENT_MAX, json_schema_extra={"contentEncoding": "base64"},
        description="PDF, PNG or JPEG, in base64 with its padding.",
    )
]  # fmt: skip
Criterion = Annotated[str, code(CRITERIA)]
Mark = Annotated[int, Field(ge=0, le=2, strict=True, description="0 not met, 1 partly, 2 met.")]
Each = Annotated[int, Field(ge=1, le=PER_AGENT_MAX, strict=True)]
Seed = Annotated[int, Field(ge=0, le=SEED_MAX, strict=True)]
TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
Remark = Annotated[str, Field(max_length=REMARK_MAX, pattern=TEXT, description="For the agent; nothing about the customer.")]
Note = Annotated[str, Field(max_length=NOTE_MAX, pattern=TEXT, description="Why; nothing about the customer.")]
Page = Annotated[int, Query(ge=1, le=PAGES_MAX, description="Of each list of the answer.")]
RowNumber = Annotated[int, Field(ge=1, le=INT64_MAX)]


def following(page: int, *, more: bool) -> int | None:
    """The number of the page that follows."""
    return page + 1 if more and page < PAGES_MAX else None
