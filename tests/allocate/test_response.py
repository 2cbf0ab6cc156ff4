"""The table of response: what comes with arrears loads, caution only ever lowers, and a broken file is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.allocate.response import ANY_BAND, PACKAGED, STAGES, Estimate, Response, ResponseError, load_response

CHANNELS = ("sms", "email", "call", "letter", "visit")
TABLE = load_response()


def test_the_packaged_table_loads_and_says_where_it_is_from() -> None:
    table = load_response()
    assert set(table.effects) == set(table.complaints) == set(table.efforts) == set(CHANNELS)
    assert "arrears simulate --explore" in table.learned_from and "arrears experiment learn" in table.learned_from
    assert "simulated bank" in table.learned_from


def test_the_packaged_table_has_a_call_bring_more_than_a_message_in_the_first_stages() -> None:
    table = load_response()
    for stage in ("1", "2"):
        call, sms = (table.effect(channel, stage, "E" if stage == "2" else "D") for channel in ("call", "sms"))  # type: ignore[arg-type]
        assert call.ppm > sms.ppm > 0


def test_what_was_never_drawn_has_no_value() -> None:
    table = load_response()
    for channel, stages in table.effects.items():
        for stage, bands in stages.items():
            if sum(one.n for one in bands.values()) == 0:
                assert table.share_ppm(channel, stage, "D", 0) == 0


@settings(deadline=None)
@given(
    st.integers(-1_000_000, 1_000_000), st.integers(0, 1_000_000), st.integers(0, 50_000), st.integers(0, 50_000),
    st.sampled_from(CHANNELS), st.sampled_from(STAGES), st.sampled_from("ABCDE"),
)  # fmt: skip
def test_more_caution_never_raises_a_value(ppm: int, error: int, low: int, more: int, channel, stage, band) -> None:  # type: ignore[no-untyped-def]
    table = TABLE
    bands = {ANY_BAND: Estimate(ppm=ppm, error_ppm=error)}
    other = table.model_copy(update={"effects": table.effects | {channel: table.effects[channel] | {stage: bands}}})
    shares = [other.share_ppm(channel, stage, band, caution) for caution in (0, low, low + more)]
    assert shares == sorted(shares, reverse=True) and 0 <= shares[-1] <= shares[0] <= max(ppm, 0)


@settings(deadline=None)
@given(st.integers(0, 500_000), st.integers(0, 400_000), st.integers(0, 400_000), st.integers(0, 20_000))
def test_of_two_alike_the_surer_one_is_worth_more(ppm: int, error: int, more: int, caution: int) -> None:
    table = TABLE

    def share(error_ppm: int) -> int:
        bands = {ANY_BAND: Estimate(ppm=ppm, error_ppm=min(error_ppm, 1_000_000))}
        effects = table.effects | {"call": table.effects["call"] | {"1": bands}}
        return table.model_copy(update={"effects": effects}).share_ppm("call", "1", "D", caution)

    assert share(error) >= share(error + more)


def test_a_band_not_named_takes_every_other_ones() -> None:
    table = load_response()
    assert table.effect("call", "3", "Z") == table.effects["call"]["3"][ANY_BAND]


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        (("effects", "call", "1"), {}, "the band '*' is missing"),
        (("outcome_days",), 0, "outcome_days"),
        (("surprise",), 1, "surprise"),
        (("format",), 1, "learn the table anew"),
        (("efforts",), {}, "efforts"),
    ],
)
def test_a_broken_table_is_refused_by_key(key: tuple[str, ...], value: object, what: str, tmp_path: Path) -> None:
    raw = yaml.safe_load(PACKAGED.read_text(encoding="utf-8"))
    place = raw
    for part in key[:-1]:
        place = place[part]
    place[key[-1]] = value
    file = tmp_path / "response.yaml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(ResponseError, match=r"response\.yaml") as caught:
        load_response(file)
    assert what in str(caught.value)


def test_no_file_and_no_yaml_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ResponseError, match="no such file"):
        load_response(tmp_path / "none.yaml")
    with pytest.raises(ResponseError, match="cannot be read"):
        load_response(tmp_path)
    for text in ("a: 2026-13-01", "[" * 999, "a: [1"):
        (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(ResponseError, match="mend the YAML"):
            load_response(tmp_path / "bad.yaml")
    with pytest.raises(ResponseError, match="mend the YAML"):
        load_response(tmp_path / "bad.yaml")


def test_the_hash_tells_tables_apart() -> None:
    table = load_response()
    changed = table.model_copy(update={"outcome_days": 31})
    assert table.content_hash == load_response().content_hash != Response.model_validate(changed.model_dump()).content_hash
