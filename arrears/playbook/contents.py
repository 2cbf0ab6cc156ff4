"""The texts of a playbook: one YAML file a language, read and held to the rules every text keeps.

A text belongs to a content id and a channel. It may use placeholders, filled for each customer, and phrases of its own file,
filled in when the file is read, so that a duty stands in one place however many texts carry it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears.errors import PlaybookError
from arrears.feed.contracts import CHANNELS
from arrears.law.content import read_text
from arrears.law.content.named import FEATURE_WORDS
from arrears.playbook.findings import Finding, error, raise_first, warning
from arrears.playbook.parsing import nearest
from arrears.playbook.source import Path_, Source, read_source
from arrears.saying import said, said_in_both

LANGUAGES = ("en", "zh")
"""Languages every content is written in."""

PLACEHOLDERS = {
    "bank": "the bank's name in the text's language",
    "name": "the cardholder's name",
    "amount": "the amount past due, with currency",
    "minimum": "the minimum payment asked for, with currency",
    "balance": "the balance owed, with currency",
    "due_date": "the due date meant",
    "dpd": "days past due",
    "phone": "the bank's number to call back",
    "opt_out": "what to answer to stop messages",
}
"""What a text may leave open, and with what it is filled."""

COST_OF_MINIMUM = "cost_of_minimum"
"""The phrase of R8: interest goes on and is charged on the remaining debt. Every text that offers {minimum} carries it."""

ART_69 = tuple(
    f"art69_{field}"
    for field in (
        "cardholder_name", "balance", "reason", "legal_basis", "rights_obligations", "query_repay_object_evidence",
        "issuer_contact", "business_seal",
    )
)  # fmt: skip
"""The phrases a collection letter carries (CN-CC2011-69)."""

FORBIDDEN = (
    "threat", "insult", "false_authority", "false_statement", "shaming", "forced_borrowing", "extra_fee", "private_channel",
)  # fmt: skip
"""What no text of a playbook may do, whatever law packs are in force (docs/content.md)."""

SMS_PARTS_MAX = 4
"""Parts of a message above which a text is warned about: each is paid for, and some telephones show them apart."""

OPEN = re.compile(r"\{([a-z0-9_]*)\}")
"""A placeholder or a phrase in a text."""

_STRAY = re.compile(r"[{}]")


@dataclass(frozen=True)
class Text:
    """One text for one channel; `phrases` are those it was put together from."""

    subject: str
    text: str
    phrases: frozenset[str]
    path: Path_

    @property
    def whole(self) -> str:
        """Subject and text, as they are read."""
        return f"{self.subject}\n{self.text}" if self.subject else self.text

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(OPEN.findall(self.subject + self.text))


@dataclass(frozen=True)
class Contents:
    """All texts: language, content id, channel."""

    texts: Mapping[str, Mapping[str, Mapping[str, Text]]]
    sources: Mapping[str, Source]

    @property
    def content_hash(self) -> str:
        """SHA-256 of every text as it will be sent, hex."""
        plain = {
            language: {
                content: {channel: (text.subject, text.text) for channel, text in ways.items()}
                for content, ways in by_id.items()
            }
            for language, by_id in self.texts.items()
        }
        return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def text(self, language: str, content: str, channel: str) -> Text | None:
        return self.texts.get(language, {}).get(content, {}).get(channel)

    def where(self, language: str, path: Path_) -> str:
        return self.sources[language].where(path)


def default_contents() -> Path:
    """The folder of the texts that come with arrears."""
    return Path(__file__).parent / "contents"


def load_contents(folder: Path) -> Contents:
    """The texts in `folder`; raises `PlaybookError` naming file and line of the first that breaks a rule."""
    contents, findings = read_contents(folder)
    raise_first(findings)
    return contents


def read_contents(folder: Path) -> tuple[Contents, list[Finding]]:
    """The texts in `folder` and everything that is wrong with them by themselves."""
    if not folder.is_dir():
        raise PlaybookError(
            said("no folder of contents here"),
            where=str(folder),
            remedy=said("set `contents: default`, or copy arrears/playbook/contents there"),
        )
    sources = {language: read_source(folder / f"{language}.yaml") for language in LANGUAGES}
    findings: list[Finding] = []
    texts = {language: _texts(source, findings) for language, source in sources.items()}
    contents = Contents(texts, sources)
    findings += _untranslated(contents)
    return contents, findings


def _texts(source: Source, findings: list[Finding]) -> dict[str, dict[str, Text]]:
    data = source.data if isinstance(source.data, dict) else {}
    unknown = set(data) - {"format", "language", "phrases", "texts"}
    findings += [
        error(source, (key,), said("unknown key {key!r}", key=key), said("keys are format, language, phrases, texts"))
        for key in sorted(unknown)
    ]
    if data.get("format") != 1:
        findings.append(
            error(source, ("format",), said("format {found!r} is not 1", found=data.get("format")), said("write `format: 1`"))
        )
    phrases = {name: text for name, text in _mapping(source, ("phrases",), findings).items() if isinstance(text, str)}
    found: dict[str, dict[str, Text]] = {}
    for content, ways in _mapping(source, ("texts",), findings).items():
        path = ("texts", content)
        if not isinstance(ways, dict):
            findings.append(
                error(
                    source,
                    path,
                    said("content {content!r} names no channel", content=content),
                    said('write `sms: "..."` below it'),
                )
            )
            continue
        found[content] = {}
        for channel, raw in ways.items():
            text = _text(source, (*path, channel), raw, phrases, findings)
            if text is not None:
                found[content][channel] = text
    return found


def _mapping(source: Source, path: Path_, findings: list[Finding]) -> dict[str, Any]:
    value = source.data.get(path[0]) if isinstance(source.data, dict) else None
    if not isinstance(value, dict):
        findings.append(
            error(
                source, path, said("{key!r} is missing or not a mapping", key=path[0]), said("see docs/playbook.md, Contents")
            )
        )
        return {}
    return value


def _text(source: Source, path: Path_, raw: Any, phrases: dict[str, str], findings: list[Finding]) -> Text | None:
    channel = path[-1]
    if channel not in CHANNELS:
        findings.append(
            error(
                source,
                path,
                said("unknown channel {channel!r}", channel=channel),
                nearest(str(channel), CHANNELS, said("channels are {known}", known=", ".join(CHANNELS))),
            )
        )
        return None
    titled = channel in ("email", "letter")
    parts = raw if isinstance(raw, dict) else {"text": raw}
    expected = {"subject", "text"} if titled else {"text"}
    if set(parts) != expected or not all(isinstance(part, str) and part.strip() for part in parts.values()):
        shape = said("`subject` and `text`") if titled else said("a text")
        findings.append(
            error(
                source,
                path,
                said("{channel} takes {shape}", channel=channel, shape=shape),
                said("write {shape}, not empty", shape=shape),
            )
        )
        return None
    used: set[str] = set()
    subject, body = (_unfolded(str(parts.get(part, "")), phrases, used) for part in ("subject", "text"))
    text = Text(subject.strip(), body.strip(), frozenset(used), path)
    findings += _broken_rules(source, text, str(channel))
    return text


def _unfolded(text: str, phrases: dict[str, str], used: set[str], depth: int = 0) -> str:
    """The text with its phrases filled in; phrases may use phrases, to a depth of four."""

    def phrase(match: re.Match[str]) -> str:
        name = match[1]
        if name not in phrases or depth >= 4:
            return match[0]
        used.add(name)
        return _unfolded(phrases[name].strip(), phrases, used, depth + 1)

    return OPEN.sub(phrase, text)


def _broken_rules(source: Source, text: Text, channel: str) -> list[Finding]:
    findings = []
    for name in sorted(text.placeholders - set(PLACEHOLDERS)):
        remedy = nearest(name, tuple(PLACEHOLDERS), said("placeholders are {known}", known=", ".join(PLACEHOLDERS)))
        findings.append(error(source, text.path, said("unknown placeholder {{{name}}}", name=name), remedy))
    if _STRAY.search(OPEN.sub("", text.subject + text.text)):
        findings.append(
            error(source, text.path, said("a brace stands alone"), said("close the placeholder, or leave the brace out"))
        )
    if "minimum" in text.placeholders and COST_OF_MINIMUM not in text.phrases:
        what = said("offers the minimum payment without saying what it costs (R8)")
        findings.append(error(source, text.path, what, said("add {{{phrase}}}", phrase=COST_OF_MINIMUM)))
    if "bank" not in text.placeholders:
        findings.append(error(source, text.path, said("does not say who writes"), said("add {bank}")))
    if channel in ("sms", "email") and "opt_out" not in text.placeholders:
        findings.append(
            error(source, text.path, said("{channel} without a way to stop messages", channel=channel), said("add {opt_out}"))
        )
    if channel in ("sms", "email", "letter") and "phone" not in text.placeholders:
        findings.append(
            error(source, text.path, said("{channel} without a number to call back", channel=channel), said("add {phone}"))
        )
    return findings + _read(source, text, channel)


def _read(source: Source, text: Text, channel: str) -> list[Finding]:
    """What the words themselves do wrong, by the lists of arrears.law.content."""
    findings = []
    reading = read_text(text.whole, str(source.data.get("language", "")), channel)
    for found in reading.features:
        if found.name in FORBIDDEN:
            what = said(
                "{words!r} is {feature} ({meaning})",
                words=found.words,
                feature=said_in_both(*FEATURE_WORDS[found.name]),
                meaning=said_in_both(found.means.en, found.means.zh),
            )
            findings.append(error(source, text.path, what, said("say it otherwise; see docs/content.md")))
    sms = reading.sms
    if sms is not None and sms.parts > SMS_PARTS_MAX:
        what = said(
            "the message takes {parts} parts ({units} units of {encoding})",
            parts=sms.parts,
            units=sms.units,
            encoding=sms.encoding,
        )
        findings.append(warning(source, text.path, what, said("shorten it to {most} parts", most=SMS_PARTS_MAX)))
    return findings


def _untranslated(contents: Contents) -> list[Finding]:
    findings = []
    for language in LANGUAGES:
        for other in LANGUAGES:
            for content, ways in contents.texts[other].items():
                for channel in ways:
                    if other != language and contents.text(language, content, channel) is None:
                        source = contents.sources[language]
                        findings.append(
                            error(
                                source,
                                ("texts", content),
                                said(
                                    "{channel} text of {content!r} is missing in {language}",
                                    channel=channel,
                                    content=content,
                                    language=language,
                                ),
                                said("translate it from {other}.yaml", other=other),
                            )
                        )
    return findings


def disclosures(text: Text, language: str) -> list[str]:
    """What in a text tells a third party of the debt: words and placeholders."""
    return _doing(text, language, ("discloses_debt",))


def _doing(text: Text, language: str, features: tuple[str, ...]) -> list[str]:
    """The passages of a text that do one of these, each once, in their order."""
    reading = read_text(text.whole, language)
    return list(dict.fromkeys(found.words for found in reading.features if found.name in features))
