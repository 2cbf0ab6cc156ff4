"""Texts: both languages, known placeholders, the duties they carry, and what is sent in the end."""

import shutil

import duckdb
import ibis
import pytest

from arrears.errors import PlaybookError
from arrears.feed.contracts import CHANNELS
from arrears.playbook import default_contents, default_path, load, load_contents, placeholders, rendered, rendered_subject
from arrears.playbook.contents import ART_69, LANGUAGES, PLACEHOLDERS, disclosures, read_contents
from arrears.playbook.rendering import amount_text

GUIDE, TEXTS = load(default_path()), load_contents(default_contents())
EVERY = [
    (language, content, channel, text)
    for language in LANGUAGES for content, ways in TEXTS.texts[language].items() for channel, text in ways.items()
]  # fmt: skip
INTEREST_GOES_ON = {"en": "interest goes on and is charged on the remaining debt", "zh": "未还部分将继续计收利息"}
THREATS = {
    "en": (
        "lawsuit",
        "court",
        "police",
        "jail",
        "prison",
        "arrest",
        "seize",
        "blacklist",
        "immediately",
        "last chance",
        "final warning",
    ),
    "zh": ("起诉", "法院", "警", "坐牢", "拘", "黑名单", "立即", "最后通牒", "后果自负", "上门查封"),
}


def test_every_content_is_there_in_both_languages_channel_by_channel():
    assert {(content, channel) for language, content, channel, _ in EVERY if language == "en"} == {
        (content, channel) for language, content, channel, _ in EVERY if language == "zh"
    }


def test_every_text_leaves_open_only_known_placeholders():
    for _, _, channel, text in EVERY:
        assert text.placeholders <= set(PLACEHOLDERS) and channel in CHANNELS


def test_the_minimum_payment_is_never_offered_without_its_cost():
    offering = [(language, text) for language, _, _, text in EVERY if "minimum" in text.placeholders]
    assert len(offering) > 20
    assert all(INTEREST_GOES_ON[language] in text.text for language, text in offering)


def test_messages_can_be_stopped_and_called_back():
    for _, _, channel, text in EVERY:
        if channel in ("sms", "email"):
            assert {"opt_out", "phone", "bank"} <= text.placeholders


def test_collection_letters_carry_the_eight_fields_of_article_69():
    letters = {
        way.content for one in GUIDE.all_steps() for way in one.ways if way.channel == "letter" and way.purpose == "collection"
    }
    assert letters == {"missed_payment", "overdue_notice", "formal_notice"}
    for language in LANGUAGES:
        for content in letters:
            assert set(ART_69) <= TEXTS.text(language, content, "letter").phrases


def test_nothing_threatens():
    for language, _, _, text in EVERY:
        assert not [word for word in THREATS[language] if word in text.text.lower()]


def test_what_a_relative_reads_tells_nothing_of_the_debt():
    relayed = {(way.content, way.channel) for one in GUIDE.all_steps() for way in one.ways if way.party != "debtor"}
    assert relayed == {("call_back", "sms")}
    for language in LANGUAGES:
        assert disclosures(TEXTS.text(language, "call_back", "sms"), language) == []
        assert disclosures(TEXTS.text(language, "missed_payment", "sms"), language) != []


def test_every_text_is_used_by_some_step():
    used = {(way.content, way.channel) for one in GUIDE.all_steps() for way in one.ways}
    assert {(content, channel) for _, content, channel, _ in EVERY} == used


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "{due_date}, minimum {minimum}. {cost_of_minimum}",
            "{due_date}, minimum {minimum}.",
            "without saying what it costs (R8)",
        ),
        ("{bank}: a friendly", "{bannk}: a friendly", "unknown placeholder {bannk}; did you mean 'bank'?"),
        ("  due_tomorrow:\n    sms:", "  due_tomorrow:\n    smss:", "unknown channel 'smss'; did you mean 'sms'?"),
        ("Questions: {phone}. {stop}", "Questions: {phone}.", "sms without a way to stop messages"),
        ("  welcome:\n", "  welcome_all:\n", "sms text of 'welcome' is missing in en"),
        ("a friendly reminder", "a {friendly reminder", "a brace stands alone"),
        ("a friendly reminder", "we will call your employer", "we will call your employer' is a threat (telling the employer)"),
        ("a friendly reminder", "you dirty thief", "is an insult"),
    ],
)
def test_texts_that_break_a_rule_are_refused_with_their_line(tmp_path, old, new, line):
    folder = tmp_path / "contents"
    shutil.copytree(default_contents(), folder)
    text = (folder / "en.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "en.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PlaybookError) as caught:
        load_contents(folder)
    assert line in caught.value.line() and caught.value.where.startswith(f"{folder}/")


def test_a_message_of_many_parts_is_warned_about_with_its_count(tmp_path):
    folder = tmp_path / "contents"
    shutil.copytree(default_contents(), folder)
    text = (folder / "en.yaml").read_text(encoding="utf-8")
    longer = text.replace("a friendly reminder", "a friendly reminder " + "of what you know already " * 20, 1)
    (folder / "en.yaml").write_text(longer, encoding="utf-8")
    _, findings = read_contents(folder)
    (found,) = findings
    assert (found.level, "the message takes 6 parts" in found.what) == ("warning", True)
    assert found.where.startswith(f"{folder}/en.yaml:")


def texts_of(rows):
    """Text and subject as DuckDB renders them, for rows of plain values."""
    columns = list(rows[0])
    kinds = {
        name: "int64" if isinstance(rows[0][name], int) else "date" if name.endswith("_date") else "string" for name in columns
    }
    table = ibis.table(kinds, name="rows")
    filled = placeholders(
        table, banks={"en": "Elm Bank", "zh": "榆树银行"}, phone="95000", opt_out="TD", currency="CNY", digits=2
    )
    query = filled.select(text=rendered(filled, TEXTS), subject=rendered_subject(filled, TEXTS), n=filled.n).order_by("n")
    connection = duckdb.connect()
    casts = {"int64": "BIGINT", "date": "DATE", "string": "VARCHAR"}
    values = ", ".join("(" + ", ".join(["?"] * len(columns)) + ")" for _ in rows)
    selected = ", ".join(f"{name}::{casts[kinds[name]]} as {name}" for name in columns)
    connection.execute(
        f"create table rows as select {selected} from (values {values}) as v({', '.join(columns)})",
        [row[name] for row in rows for name in columns],
    )
    return [(text, subject) for text, subject, _ in connection.sql(ibis.to_sql(query, dialect="duckdb")).fetchall()]


ROW = {
    "n": 1, "language": "zh", "content": "missed_payment", "channel": "sms", "purpose": "collection", "name": "王芳", "dpd": 12,
    "past_due_minor": 123_456, "minimum_unpaid_minor": 150_000, "balance_minor": 987_654_321, "next_due_minor": 50_000,
    "next_due_date": "2026-11-30", "oldest_due_date": "2026-10-31",
}  # fmt: skip


def test_texts_are_filled_row_by_row_in_the_customers_language():
    (chinese, _), (english, _), (reminder, _), (letter, subject), (unknown, _) = texts_of(
        [
            ROW,
            ROW | {"n": 2, "language": "en", "name": "Ada"},
            ROW | {"n": 3, "purpose": "reminder", "content": "due_soon"},
            ROW | {"n": 4, "channel": "letter"},
            ROW | {"n": 5, "content": "no_such"},
        ]
    )
    assert chinese.startswith(
        "【榆树银行】王芳您好，您2026-10-31到期的信用卡款项我们尚未收到，已逾期CNY 1,234.56；还最低还款额CNY 1,500.00"
    )
    assert english.startswith(
        "Elm Bank: Ada, we have not yet received your card payment due 2026-10-31. Past due: CNY 1,234.56"
    )
    assert "2026-11-30" in reminder and "CNY 500.00" in reminder
    assert "CNY 9,876,543.21" in letter and "逾期12天" in letter and subject == "您的信用卡有一笔款项已逾期"
    assert unknown == ""
    assert not [text for text in (chinese, english, reminder, letter) if "{" in text]


def test_a_name_with_a_brace_is_not_filled_again():
    ((text, _),) = texts_of([ROW | {"language": "en", "name": "{amount}"}])
    assert text.startswith("Elm Bank: {amount}, we have")


def test_a_missing_column_is_named():
    table = ibis.table({"content": "string", "channel": "string", "language": "string"}, name="t")
    with pytest.raises(PlaybookError, match="no column 'amount'"):
        rendered(table, TEXTS)


@pytest.mark.parametrize(
    ("minor", "digits", "text"),
    [
        (0, 2, "CNY 0.00"),
        (5, 2, "CNY 0.05"),
        (123_456, 2, "CNY 1,234.56"),
        (-100_050, 2, "CNY -1,000.50"),
        (100_000_007, 2, "CNY 1,000,000.07"),
        (10**15, 2, "CNY 10,000,000,000,000.00"),
        (1_234_567, 0, "CNY 1,234,567"),
        (1_234_567, 3, "CNY 1,234.567"),
        (99_999, 2, "CNY 999.99"),
    ],
)
def test_amounts_read_as_people_write_them(minor, digits, text):
    connection = duckdb.connect()
    connection.execute("create table t as select ?::bigint as minor", [minor])
    table = ibis.table({"minor": "int64"}, name="t")
    query = ibis.to_sql(table.select(text=amount_text(table.minor, "CNY", digits)), dialect="duckdb")
    assert connection.sql(query).fetchall() == [(text,)]
