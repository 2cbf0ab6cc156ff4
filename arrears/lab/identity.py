"""Names, numbers and addresses of people who do not exist, made in columns from their index.

Index arrays come in, Arrow string arrays go out. No number can ring: mobile numbers are eleven digits under 142, and 140-144
are 13-digit numbers for machines (https://wikimili.com/en/Telephone_numbers_in_China), so the number is never complete;
landline subscriber numbers begin with 0, the trunk prefix. E-mail is under example.com (RFC 2606); roads are called Example.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
    "余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛"
)
"""The commonest surnames of China, commonest first."""
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰红玉梅建国文华志鹏宇浩欣怡子轩雨涵晨佳慧"
    "婷雪琳丹莉波斌辉健俊峰龙飞燕玲云海山春生新民东林博思远嘉诚梓萱晓光安宁永康"
)
ENGLISH_FIRST = ("Anna", "James", "Maria", "David", "Sofia", "Peter", "Laura", "Daniel", "Emma", "Thomas")
ENGLISH_LAST = ("Smith", "Brown", "Garcia", "Miller", "Novak", "Rossi", "Tan", "Kim", "Sato", "Meyer")

REGIONS = ("GD", "SD", "HA", "JS", "SC", "HE", "HN", "ZJ", "AH", "HB", "SH", "BJ", "FJ", "SN", "LN", "CQ", "XJ")
"""ISO 3166-2:CN, without the country."""
REGION_WEIGHTS = (13, 10, 9, 9, 8, 6, 6, 7, 5, 5, 6, 6, 4, 4, 4, 3, 2)
REGION_NAMES = (
    "广东省", "山东省", "河南省", "江苏省", "四川省", "河北省", "湖南省", "浙江省", "安徽省", "湖北省",
    "上海市", "北京市", "福建省", "陕西省", "辽宁省", "重庆市", "新疆维吾尔自治区",
)  # fmt: skip
AREA_CODES = ("20", "531", "371", "25", "28", "311", "731", "571", "551", "27", "21", "10", "591", "29", "24", "23", "991")

MOBILE_NUMBERS = 10**8
_STEP, _SHIFT = 61_803_399, 7_340_033
"""Coprime to 10**8, so that the numbers look scattered and no two are the same."""


def digits(values: np.ndarray, width: int) -> np.ndarray:
    """Decimal digits of non-negative integers as an (n, width) matrix of ASCII bytes, zero-padded."""
    rest = values.astype(np.int64)
    matrix = np.empty((len(rest), width), dtype=np.uint8)
    for place in range(width - 1, -1, -1):
        quotient = rest // 10
        matrix[:, place] = rest - quotient * 10 + 48
        rest = quotient
    return matrix


def strings(matrix: np.ndarray) -> pa.Array:
    """Rows of an (n, width) byte matrix as an Arrow string array."""
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)[: count + 1] if width else np.zeros(count + 1, np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(matrix)))


def numbered(prefix: str, values: np.ndarray, width: int) -> pa.Array:
    """Ids or numbers such as `A00000012`: prefix and `width` digits."""
    head = np.frombuffer(prefix.encode(), dtype=np.uint8)
    matrix = np.empty((len(values), len(head) + width), dtype=np.uint8)
    matrix[:, : len(head)] = head
    matrix[:, len(head) :] = digits(values, width)
    return strings(matrix)


def coded(codes: tuple[str, ...], index: np.ndarray) -> pa.Array:
    """`codes[index]` as an Arrow string array; a negative index is null."""
    taken = pa.array(np.where(index < 0, 0, index).astype(np.int32), mask=np.asarray(index < 0))
    return pa.array(codes, pa.string()).take(taken)


def joined(*parts: pa.Array | str) -> pa.Array:
    """The parts of each row, written together."""
    return pc.binary_join_element_wise(*[pa.scalar(part) if isinstance(part, str) else part for part in parts], "")


def full_names(draw: np.ndarray, english: np.ndarray) -> pa.Array:
    """Names from one random 63-bit integer a customer; surnames early in the list are commoner."""
    uniform = (draw & 0xFFFF) / 65_536.0
    surname = (len(SURNAMES) * uniform**1.8).astype(np.int64)
    first, second = (draw >> 16) % len(GIVEN), (draw >> 32) % len(GIVEN)
    second = np.where((draw >> 48) % 5 == 0, len(GIVEN), second)
    chinese = joined(coded(tuple(SURNAMES), surname), coded(tuple(GIVEN), first), coded((*GIVEN, ""), second))
    foreign = joined(coded(ENGLISH_FIRST, (draw >> 16) % 10), " ", coded(ENGLISH_LAST, (draw >> 32) % 10))
    return pc.if_else(pa.array(english), foreign, chinese)


def mobile_numbers(contact: np.ndarray) -> pa.Array:
    """`+86142` and eight digits, one for each contact index."""
    return numbered("+86142", (contact.astype(np.int64) * _STEP + _SHIFT) % MOBILE_NUMBERS, 8)


def landline_numbers(contact: np.ndarray, region: np.ndarray) -> pa.Array:
    """`+86`, the area code of the region, 0 and six digits."""
    rest = numbered("0", (contact.astype(np.int64) * _STEP + _SHIFT) % 10**6, 6)
    return joined("+86", coded(AREA_CODES, region), rest)


def emails(customer: np.ndarray) -> pa.Array:
    return joined(numbered("c", customer, 8), "@example.com")


def addresses(customer: np.ndarray, region: np.ndarray) -> pa.Array:
    house = pc.cast(pa.array(customer.astype(np.int64) % 997 + 1), pa.string())
    flat = pc.cast(pa.array(customer.astype(np.int64) % 28 * 100 + customer.astype(np.int64) % 4 + 101), pa.string())
    return joined(coded(REGION_NAMES, region), "示例路", house, "号", flat, "室")
