"""A scorecard as data: attributes of the customers book cut into bins, points for each bin, bands over their sum.

A YAML file comes in; one frozen `Scorecard` goes out, or a `RiskError` naming file and key. Score = base + points of one bin
of each attribute; more points are less risk. Points are whole numbers, so a score can be added up by hand and is the same on
every engine.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from arrears.book.columns import CUSTOMER_COLUMNS
from arrears.errors import ArrearsError
from arrears.file_errors import in_our_words
from arrears.saying import said

PACKAGED = Path(__file__).with_name("scorecard.yaml")
"""The scorecard that comes with arrears, fitted by `arrears.risk.fit.fit_uci`."""

SCORABLE = (
    "dpd", "bucket", "cycles_past_due", "first_payment_default", "ever_overdue", "times_overdue_12", "times_overdue_total",
    "self_cured_12", "late_in_6", "months_on_book", "utilisation_bp", "paid_ratio_bp", "accounts_n", "accounts_past_due_n",
    "product_id", "credit_limit_minor", "balance_minor", "past_due_minor", "minimum_unpaid_minor",
)  # fmt: skip
"""Columns a scorecard may use: how the account is run. Who the customer is, where they live and what language they speak are
left out on purpose, and so are dates and ids."""

ATTRIBUTES_MAX = 40
POINTS_MAX = 10_000
"""Most points of one bin; with `ATTRIBUTES_MAX` attributes every sum stays far inside int64."""

_COLUMN_TYPES = {column.name: column.type for column in CUSTOMER_COLUMNS}

Points = Annotated[int, Field(ge=0, le=POINTS_MAX)]
Count = Annotated[int, Field(ge=0)]
Ppm = Annotated[int, Field(ge=0, le=1_000_000)]


class RiskError(ArrearsError):
    """A scorecard or a table of scores that does not validate; `where` is file and key."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class Text(_Strict):
    """The same sentence in the two languages of the product."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class Bin(_Strict):
    """Values that earn the same points: whole numbers from `from` to `to`, both included (open where left out), or a list."""

    from_: int | None = Field(default=None, alias="from")
    to: int | None = None
    values: tuple[bool | int | str, ...] | None = None
    points: Points
    accounts_n: Count | None = None
    """Accounts of the fit in this bin, and how many of them defaulted; the reference of `arrears.risk.monitor`."""
    defaults_n: Count | None = None

    @property
    def label(self) -> str:
        """The bin as a reader says it: `0`, `up to 2095`, `2 and more`, `true`."""
        if self.values is not None:
            return ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in self.values)
        if self.from_ is None and self.to is None:
            return "any"
        if self.from_ is None:
            return f"up to {self.to}"
        if self.to is None:
            return f"{self.from_} and more"
        return str(self.to) if self.from_ == self.to else f"{self.from_} to {self.to}"


class Missing(_Strict):
    """The bin of values that are not known (null), or, for lists of values, not listed."""

    points: Points
    accounts_n: Count | None = None
    defaults_n: Count | None = None


class Attribute(_Strict):
    """One column of the customers book, cut into bins. `reason` is what a customer is told when it cost them points."""

    id: str
    title: Text
    reason: Text
    bins: tuple[Bin, ...] = Field(min_length=1, max_length=50)
    missing: Missing

    @property
    def best(self) -> int:
        """Most points that can be had here."""
        return max(*(each.points for each in self.bins), self.missing.points)

    @property
    def by_values(self) -> bool:
        """Whether the bins are lists of values, not ranges."""
        return self.bins[0].values is not None

    @model_validator(mode="after")
    def _cut_whole(self) -> Attribute:
        if self.id not in SCORABLE:
            raise ValueError(
                said(
                    "{column!r} is not a column a scorecard may use; use one of {known}",
                    column=self.id,
                    known=", ".join(SCORABLE),
                )
            )
        if len({each.values is None for each in self.bins}) > 1:
            raise ValueError(said("bins are either all ranges (from, to) or all lists (values), not both"))
        (self._values_fit if self.by_values else self._ranges_join)()
        return self

    def _ranges_join(self) -> None:
        if _COLUMN_TYPES[self.id] != "int64":
            raise ValueError(said("{column} holds no whole numbers; give its bins as lists of values", column=self.id))
        if self.bins[0].from_ is not None or self.bins[-1].to is not None:
            raise ValueError(said("the first bin has no 'from' and the last no 'to', so that every number falls into a bin"))
        for low, high in pairwise(self.bins):
            if low.to is None or high.from_ != low.to + 1:
                raise ValueError(
                    said(
                        "bins must join without gap or overlap; after 'to: {to}' comes 'from: {from_}'",
                        to=low.to,
                        from_=high.from_,
                    )
                )
            if high.to is not None and high.to < high.from_:
                raise ValueError(said("bin from {from_} to {to} is empty", from_=high.from_, to=high.to))

    def _values_fit(self) -> None:
        wanted = {"boolean": bool, "int64": int, "string": str}[_COLUMN_TYPES[self.id]]
        listed = [value for each in self.bins for value in each.values or ()]
        for value in listed:
            if type(value) is not wanted:
                raise ValueError(
                    said("{value!r} is no {sort}, which {column} holds", value=value, sort=wanted.__name__, column=self.id)
                )
        if len(listed) != len(set(listed)) or not all(each.values for each in self.bins):
            raise ValueError(said("every bin lists at least one value, and no value is listed twice"))
        if any(each.from_ is not None or each.to is not None for each in self.bins):
            raise ValueError(said("a bin has either 'values' or 'from' and 'to', not both"))


class Band(_Strict):
    """Scores from `from` on, up to the next better band; the last band has no `from`."""

    band: Literal["A", "B", "C", "D", "E"]
    from_: int | None = Field(default=None, alias="from")
    accounts_n: Count | None = None
    defaults_n: Count | None = None


class Scale(_Strict):
    """`target_score` points mean `target_odds` accounts that pay for one that does not; the odds double every
    `points_to_double` points."""

    target_score: int
    target_odds: int = Field(ge=1)
    points_to_double: int = Field(ge=1)


class Performance(_Strict):
    """How well scores tell defaulters from the others, in parts per million (500,000 AUC is a coin)."""

    accounts_n: Count
    defaults_n: Count
    auc_ppm: Ppm
    ks_ppm: Ppm


class Fitted(_Strict):
    """What the points were fitted on."""

    data: str
    source_sha256: str
    outcome: str
    fitted_on: date
    seed: int
    training: Performance
    held_out: Performance


class Scorecard(_Strict):
    """See the module. `from`/`to` bound the business dates it may score, where a bank sets them."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    version: int = Field(ge=1)
    title: Text
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None
    fitted: Fitted | None = None
    scale: Scale | None = None
    base: int = Field(ge=-1_000_000, le=1_000_000)
    attributes: tuple[Attribute, ...] = Field(min_length=1, max_length=ATTRIBUTES_MAX)
    bands: tuple[Band, ...] = Field(min_length=5, max_length=5)

    @model_validator(mode="after")
    def _consistent(self) -> Scorecard:
        ids = [attribute.id for attribute in self.attributes]
        if len(ids) != len(set(ids)):
            raise ValueError(said("attributes: an attribute stands twice; merge its bins"))
        cuts = [band.from_ for band in self.bands[:-1]]
        falling = all(cut is not None for cut in cuts) and all(
            high > low for high, low in pairwise(c for c in cuts if c is not None)
        )
        if "".join(band.band for band in self.bands) != "ABCDE" or not falling or self.bands[-1].from_ is not None:
            raise ValueError(said("bands: list A, B, C, D, E with falling 'from', and E without one"))
        return self

    @property
    def content_hash(self) -> str:
        """SHA-256 over everything the scorecard says, hex; independent of layout and comments of the file."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """The scorecard as JSON values, in the order of the file, unset keys left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def attribute(self, id_: str) -> Attribute:
        return next(attribute for attribute in self.attributes if attribute.id == id_)


def load_scorecard(path: Path | None = None) -> Scorecard:
    """The scorecard of a YAML file, the packaged one if none is given; raises `RiskError` naming file and key.

    Where the file states a `content_hash`, it must be the hash of what the file says: an edit by hand does not go unnoticed.
    """
    path = PACKAGED if path is None else path
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RiskError(
            said("no scorecard here"), where=str(path), remedy=said("leave the path out to use the packaged one")
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise RiskError(
            said("cannot be read: {problem}", problem=str(error)), where=str(path), remedy=said("mend the YAML (UTF-8)")
        ) from None
    if not isinstance(raw, dict):
        raise RiskError(
            said("not a scorecard: the file holds no keys"), where=str(path), remedy=said("see docs/risk.md for the format")
        )
    stated = raw.pop("content_hash", None)
    scorecard = parse_scorecard(raw, where=str(path))
    if stated is not None and stated != scorecard.content_hash:
        raise RiskError(
            said("the content is not what was approved: its hash differs"),
            where=f"{path}: content_hash",
            remedy=said(
                "restore the file, or raise 'version' and write content_hash: {content_hash}",
                content_hash=scorecard.content_hash,
            ),
        )
    return scorecard


def parse_scorecard(raw: dict[str, Any], *, where: str) -> Scorecard:
    """A scorecard from the values of a file; raises `RiskError` naming `where` and the key."""
    try:
        # By way of JSON, because strict validation takes lists as tuples and text as dates only there.
        return Scorecard.model_validate_json(json.dumps(raw, default=str))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = in_our_words(first)
        if not isinstance(first.get("input"), dict | list):
            what = said("{what} (found {seen!r})", what=what, seen=first.get("input"))
        raise RiskError(what, where=f"{where}: {key or 'file'}", remedy=said("see docs/risk.md for the format")) from None


def dump_scorecard(scorecard: Scorecard) -> str:
    """The scorecard as the text of its file: one line a bin, with the content hash at the end."""
    head = (
        "# A scorecard: score = base + the points of one bin of each attribute; more points, less risk. See docs/risk.md.\n"
        "# Ranges include both ends. accounts_n and defaults_n are the accounts of the fit (training part) in each bin.\n"
    )
    content = scorecard.as_dict() | {"content_hash": scorecard.content_hash}
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, default_flow_style=None, width=200)
