"""SMS parts against the tables of 3GPP TS 23.038: encodings, units, and characters that are never cut in two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.law.content.reading import filled, read_text
from arrears.law.content.sms import GSM_BASIC, GSM_EXTENSION, PART, SINGLE, counted

EMOJI = "😀"
# TS 23.038, 6.2.1, in the order of its columns: what is not ASCII at the same code
ELSEWHERE = {
    0x00: 0x40, 0x01: 0xA3, 0x02: 0x24, 0x03: 0xA5, 0x04: 0xE8, 0x05: 0xE9, 0x06: 0xF9, 0x07: 0xEC, 0x08: 0xF2, 0x09: 0xC7,
    0x0B: 0xD8, 0x0C: 0xF8, 0x0E: 0xC5, 0x0F: 0xE5, 0x10: 0x394, 0x11: 0x5F, 0x12: 0x3A6, 0x13: 0x393, 0x14: 0x39B, 0x15: 0x3A9,
    0x16: 0x3A0, 0x17: 0x3A8, 0x18: 0x3A3, 0x19: 0x398, 0x1A: 0x39E, 0x1C: 0xC6, 0x1D: 0xE6, 0x1E: 0xDF, 0x1F: 0xC9, 0x24: 0xA4,
    0x40: 0xA1, 0x5B: 0xC4, 0x5C: 0xD6, 0x5D: 0xD1, 0x5E: 0xDC, 0x5F: 0xA7, 0x60: 0xBF, 0x7B: 0xE4, 0x7C: 0xF6, 0x7D: 0xF1,
    0x7E: 0xFC, 0x7F: 0xE0,
}  # fmt: skip


def test_the_default_alphabet_is_the_standards() -> None:
    assert [ord(character) for character in GSM_BASIC] == [ELSEWHERE.get(code, code) for code in range(128)]


def test_the_extension_table_is_the_standards() -> None:
    assert GSM_EXTENSION == {
        "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 0),
        ("a", "GSM-7", 1, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("a" * 158 + "[", "GSM-7", 160, 1),
        ("a" * 159 + "[", "GSM-7", 161, 2),
        ("[" * 153, "GSM-7", 306, 3),  # 76 a part: the 77th would be cut by the end of the part
        ("a" + "[" * 152, "GSM-7", 305, 2),
        ("款" * 70, "UCS-2", 70, 1),
        ("款" * 71, "UCS-2", 71, 2),
        ("款" * 134, "UCS-2", 134, 2),
        ("款" * 135, "UCS-2", 135, 3),
        ("a" * 70 + "款", "UCS-2", 71, 2),
        (EMOJI * 35, "UCS-2", 70, 1),
        (EMOJI * 36, "UCS-2", 72, 2),
        ("款" * 66 + EMOJI + "款" * 66, "UCS-2", 134, 3),  # the emoji would straddle both parts
        ("款" * 65 + EMOJI + "款" * 67, "UCS-2", 134, 2),
        ("a`", "UCS-2", 2, 1),  # the grave accent is in neither table
        ("\x1b", "UCS-2", 1, 1),  # the escape is no character
    ],
)
def test_known_values(text: str, encoding: str, units: int, parts: int) -> None:
    assert counted(text) == (encoding, units, parts)


@given(st.text(alphabet="a[€款😀é", max_size=400))
def test_no_fewer_parts_than_there_is_room_for_and_no_more_than_cutting_wastes(text: str) -> None:
    sms = counted(text)
    if sms.units <= SINGLE[sms.encoding]:
        assert sms.parts == (1 if text else 0)
        return
    room = PART[sms.encoding]
    assert -(-sms.units // room) <= sms.parts <= -(-sms.units // (room - 1))


def test_a_placeholder_counts_as_what_it_stands_for() -> None:
    assert filled("{name}: {unknown}", "zh") == "欧阳明月: {unknown}"
    sms = read_text("{bank}{phone}", "zh", "sms").sms
    assert sms is not None
    assert (sms.encoding, sms.units) == ("UCS-2", len("第一国民银行4001234567"))


def test_only_messages_have_parts() -> None:
    assert read_text("a letter", "en", "letter").sms is None
