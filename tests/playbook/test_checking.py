"""A playbook that is wrong is refused with file, line and remedy."""

import shutil

import pytest

from arrears.errors import PlaybookError
from arrears.playbook import check, default_contents, default_path, load
from arrears.playbook.source import FILE_BYTES_MAX, parse_source
from tests.playbook.world import REST, segment, small, step, written

LATE = "{dpd: {from: 1, to: 30}}"


def findings(folder, segments, rest=""):
    return [finding.line().removeprefix(f"{folder}/") for finding in check(written(folder, segments, rest))]


def test_the_default_playbook_has_nothing_to_find():
    assert check(default_path()) == []


@pytest.mark.parametrize(
    ("when", "line"),
    [
        ("{dpdd: 3}", "playbook.yaml:7: error: unknown column 'dpdd'; did you mean 'dpd'?"),
        ("{customer_id: C1}", "unknown column 'customer_id'"),
        ("{flag: hardships}", "unknown flag 'hardships'; did you mean 'hardship'?"),
        ("{band: F}", "unknown band 'F'; bands are A (best), B, C, D, E"),
        ("{dpd: {from: 9, to: 3}}", "from 9 to 3 holds for nothing; swap the two"),
        ("{dpd: {fro: 9}}", "unknown key 'fro' in limits"),
        ("{dpd: early}", "`dpd` is a whole number"),
        ("{dpd: true}", "`dpd` is a whole number"),
        ("{ever_overdue: 1}", "`ever_overdue` is true or false"),
        ("{since_date: 2020}", "`since_date` is a date"),
        ("{any: {dpd: 3}}", "`any` takes a list of conditions"),
        ("{}", "conditions are a mapping of columns"),
        ("{dpd: {from: 5}, all: [{dpd: {to: 3}}]}", "its conditions on dpd exclude each other"),
        ("{dpd: {from: 1, to: 30}, bucket: 2}", "its conditions on dpd and bucket exclude each other"),
    ],
)
def test_a_condition_nobody_can_read_or_meet(tmp_path, when, line):
    (found,) = findings(tmp_path, segment("one", when) + REST)
    assert line in found and found.startswith("playbook.yaml:")


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        (step("a", "{dpd: 3}", clause="R11"), "playbook.yaml:10: error: unknown clause 'R11'; clauses are P1"),
        (step("a", "{dpd: 3}", chanel="sms"), "unknown key 'chanel'; did you mean 'channel'?"),
        (step("a", "{dpd: 3}", channel="smss"), "channel: unknown word 'smss'; did you mean 'sms'?"),
        (step("a", "{dpd: 3, due: -1}"), "a trigger is exactly one of"),
        (step("a", "{due: 2}"), "Input should be less than or equal to 0"),
        (step("a", "{dpd: {from: 3}}"), "write days"),
        (step("a", "{dpd: 31}"), "step 'a' never fires: segment 'late' holds 1..30 days past due"),
        (step("a", "{dpd: {from: 31, every: 7}}"), "never fires"),
        (step("a", "{bucket_day: 30}"), "nobody stays longer than 29 days"),
        (step("a", "{dpd: 3}", at="25:00"), 'a time of day is written "09:30"'),
        (step("a", "{dpd: 3}", content="missed_paymnt"), "no sms text in en; did you mean 'missed_payment'?"),
        (
            step("a", "{dpd: 3}", fallback="[{channel: visit, visitors: 2}]"),
            "fallback 1 of step 'a': content 'missed_payment' has no visit text in en",
        ),
        (step("a", "{dpd: 3}", party="relative"), "purpose 'collection' goes to a relative, who does not owe"),
        (
            step("a", "{dpd: 3}", party="relative", purpose="relay"),
            "en content 'missed_payment' tells a third party of the debt",
        ),
        (step("a", "{dpd: 3}", purpose="relay", content="call_back"), "a relay goes through somebody else"),
        (step("a", "{dpd: 3}", channel="visit", content="visit_talk"), "a visit is made by two at least"),
        (
            step("a", "{dpd: 3}", channel="letter", content="due_soon"),
            "lacks {art69_cardholder_name}, demanded by CN-CC2011-69",
        ),
        (
            step("a", "{dpd: 3}") + "\n" + step("a", "{dpd: 4}"),
            "playbook.yaml:11: error: step id 'a' stands already on line 10",
        ),
    ],
)
def test_a_step_that_cannot_stand(tmp_path, steps, line):
    found = findings(tmp_path, segment("late", LATE, steps) + REST)
    assert found and any(line in one for one in found), found


def test_a_missing_key_names_the_step_it_is_missing_from(tmp_path):
    (found,) = findings(
        tmp_path, segment("late", LATE, "id: a, clause: P4, trigger: {dpd: 1}, channel: sms, content: welcome") + REST
    )
    assert found == "playbook.yaml:10: error: key 'purpose' is missing; add `purpose:` there"


def test_the_last_segment_must_take_everybody(tmp_path):
    found = findings(tmp_path, segment("late", LATE))
    assert "the last segment, 'late', does not take everybody left" in found[0]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("{dpd: {from: 1}}", "{dpd: {from: 5, to: 9}}"),
        ("{band: [D, E]}", "{band: E, dpd: 3}"),
        ("{any: [{band: A}, {dpd: {to: 3}}]}", "{dpd: 2}"),
        ("{flag: [dispute, complaint]}", "{flag: dispute}"),
        ("{no_flag: [dispute, complaint]}", "{no_flag: [dispute, complaint, fraud], dpd: 1}"),
        ("always", "{dpd: 3}"),
    ],
)
def test_a_segment_that_an_earlier_one_takes_whole_is_never_reached(tmp_path, earlier, later):
    found = findings(tmp_path, segment("first", earlier) + segment("second", later) + REST)
    assert any("segment 'second' is never reached: 'first' above takes all of it" in one for one in found)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("{dpd: {from: 5}}", "{dpd: {from: 1}}"),
        ("{band: E, dpd: 3}", "{band: E}"),
        ("{flag: dispute}", "{flag: [dispute, complaint]}"),
        ("{no_flag: [dispute, fraud]}", "{no_flag: dispute}"),
        ("{any: [{band: A}, {dpd: {to: 3}}]}", "{dpd: {to: 4}}"),
        ("{score: {to: 900}}", "{dpd: 3}"),
    ],
)
def test_a_segment_that_keeps_some_customers_is_not_called_unreachable(tmp_path, earlier, later):
    assert findings(tmp_path, segment("first", earlier) + segment("second", later) + REST) == []


def test_hours_outside_the_day_are_a_warning_that_does_not_stop(tmp_path):
    steps = step("a", "{dpd: 3}", at='"07:30"')
    (found,) = findings(tmp_path, segment("late", LATE, steps) + REST)
    assert found.startswith("playbook.yaml:10: warning: step 'a': planned at 07:30; most law packs refuse it")
    assert small(tmp_path, segment("late", LATE, steps) + REST).step_at("a").at == 450


def test_unknown_sequences_and_unused_ones_are_told(tmp_path):
    rest = f"sequences:\n  never:\n    - {{{step('n', '{dpd: 3}')}}}\n"
    found = findings(tmp_path, segment("late", LATE, more="    sequences: [nevr]\n") + REST, rest)
    assert "unknown sequence 'nevr'; did you mean 'never'?" in found[0]
    assert "sequence 'never' is used by no segment" in found[1]


def test_experiments_are_held_to_their_segments_and_shares(tmp_path):
    experiment = "experiments:\n  - {{id: x, title: {{en: X, zh: 试}}, segments: [{}], holdout_ppm: {}}}\n"
    segments = segment("late", LATE) + REST
    assert "unknown segment 'lat'; did you mean 'late'?" in findings(tmp_path, segments, experiment.format("lat", 1000))[0]
    assert "needs a holdout or a challenger" in findings(tmp_path, segments, experiment.format("late", 0))[0]
    twice = experiment.format("late", 10) + experiment.format("late", 10).split("\n", 1)[1].replace("id: x", "id: y")
    assert any("already in experiment 'x'" in one for one in findings(tmp_path, segments, twice))


def test_the_first_error_is_raised_with_file_and_line_and_says_how_many_more(tmp_path):
    path = written(tmp_path, segment("late", LATE, step("a", "{dpd: 31}") + "\n" + step("b", "{dpd: 32}")) + REST)
    with pytest.raises(PlaybookError) as caught:
        load(path)
    assert caught.value.where == f"{path}:10" and "1 more: arrears playbook check" in caught.value.line()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1", "x.yaml:1: not YAML"),
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3: key 'a' stands twice"),
        ("a:\n  b: 0.05\n", "x.yaml:2: 0.05 is not a whole number"),
        ("", "the file is empty"),
        ("a: \x07", "not YAML"),
        ("a: " + "[" * 999, "x.yaml:1: nested too deeply"),
    ],
)
def test_text_that_is_no_playbook(text, line):
    with pytest.raises(PlaybookError) as caught:
        parse_source(text, "x.yaml")
    assert line in caught.value.line()


def test_aliases_that_unfold_without_end_are_refused():
    lines = ["a0: &a0 [1,2,3,4,5,6,7,8,9]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(PlaybookError, match="too many values"):
        parse_source("\n".join(lines), "x.yaml")


def test_words_stay_words_and_times_stay_times():
    assert parse_source("a: no\nb: 10:30\nc: 7\nd: true\ne: '7'", "x.yaml").data == {
        "a": "no",
        "b": "10:30",
        "c": 7,
        "d": True,
        "e": "7",
    }


def test_files_that_cannot_be_read(tmp_path):
    path = tmp_path / "playbook.yaml"
    with pytest.raises(PlaybookError, match="no such file"):
        load(path)
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(PlaybookError, match=r"playbook.yaml:2: not UTF-8"):
        load(path)
    path.write_bytes(b"#" * (FILE_BYTES_MAX + 1))
    with pytest.raises(PlaybookError, match="larger than"):
        load(path)
    path.write_text("just text")
    with pytest.raises(PlaybookError, match=r"playbook.yaml:1"):
        load(path)


def test_a_playbook_without_its_texts_says_where_to_get_them(tmp_path):
    path = written(tmp_path, REST)
    shutil.rmtree(tmp_path / "contents")
    with pytest.raises(PlaybookError, match="contents: default"):
        load(path)
    path.write_text(path.read_text().replace("id: small", "id: small\ncontents: default"))
    assert load(path).contents == "default" and default_contents().is_dir()
