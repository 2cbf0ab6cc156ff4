"""Packs from YAML: read, checked as a whole, and refused with file, rule and key."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from arrears.errors import LawError
from arrears.file_errors import in_our_words, of_yaml
from arrears.law.kinds import KINDS
from arrears.law.model import Pack
from arrears.saying import said

PACK_BYTES_MAX = 4_000_000
VALUES_MAX = 1_000_000
PACK_FILE = "pack.yaml"
"""The file of a pack's folder that says what the pack is; the others hold only rules."""

GUIDE = said("see docs/law.md")


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core: true, false, null, whole numbers, dates; a second key of the same name is an error."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own attribute


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:timestamp", re.compile(r"^\d{4}-\d\d-\d\d$"), list("0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    own = [key.value for key, _ in node.value if key.value != "<<"]
    twice = next((key for key in own if own.count(key) > 1), None)
    if twice is not None:
        raise yaml.MarkedYAMLError(problem=said("key {twice!r} stands twice", twice=twice), problem_mark=node.start_mark)
    loader.flatten_mapping(node)
    return {str(loader.construct_object(key)): loader.construct_object(value, deep=True) for key, value in node.value}


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
for _kind in ("binary", "set", "omap", "pairs"):  # no plain data
    _Loader.yaml_constructors.pop(f"tag:yaml.org,2002:{_kind}")


def packs_shipped() -> tuple[str, ...]:
    """Names of the packs that come with arrears."""
    return tuple(sorted(entry.name for entry in _home().iterdir() if (entry / PACK_FILE).is_file()))


def _home() -> Traversable:
    return resources.files("arrears.law") / "packs"


def named_by_path(name: str) -> bool:
    """Whether a pack is named by where it lies, not by the name of one that comes with arrears."""
    return name.endswith((".yaml", ".yml")) or "/" in name or Path(name).is_dir()


def load_pack(name_or_path: str | Path) -> Pack:
    """The pack of that name (`cn`, `CN`), in that file or in that folder; raises `LawError` naming file, rule and key."""
    name = str(name_or_path)
    if name.lower() in packs_shipped():
        return _shipped(name.lower())
    missing = LawError(
        said("no pack {name!r}", name=name),
        where=said("law packs"),
        remedy=said("give a file, or one of: {known}", known=", ".join(packs_shipped())),
    )
    if not named_by_path(name):
        raise missing
    path = Path(name)
    try:
        files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        parts = {str(file): file.read_bytes() for file in files}
    except OSError:
        raise missing from None
    return parse_parts(parts)


@functools.cache
def _shipped(name: str) -> Pack:
    parts = sorted(entry.name for entry in (_home() / name).iterdir() if entry.name.endswith(".yaml"))
    return parse_parts({f"arrears/law/packs/{name}/{part}": (_home() / name / part).read_bytes() for part in parts})


def load_packs(names: Sequence[str | Path]) -> tuple[Pack, ...]:
    """The packs in force, by name or file, as `bank.jurisdictions` lists them; an id in two packs is an error."""
    if any(not str(name).strip() for name in names):
        raise LawError(
            said("a law pack without a name"), where="packs", remedy=said("name each, such as cn,us; see: arrears law list")
        )
    packs = tuple(load_pack(name) for name in names)
    if not packs:
        raise LawError(
            said("no law pack in force"), where="bank.toml: jurisdictions", remedy=said('name one, for example ["CN"]')
        )
    home: dict[str, str] = {}
    for pack in packs:
        for rule_id in dict.fromkeys(rule.id for rule in pack.rules):
            if rule_id in home:
                raise LawError(
                    said("rule {rule_id} stands in two packs", rule_id=rule_id),
                    where=f"{home[rule_id]}, {pack.id}",
                    remedy=said("give each rule its own id"),
                )
            home[rule_id] = pack.id
    return packs


def parse_pack(raw: bytes, file: str) -> Pack:
    """A pack in one file; `file` is the name that errors use."""
    return parse_parts({file: raw})


def parse_parts(parts: Mapping[str, bytes]) -> Pack:
    """A pack from its files, checked as a whole; one of them says what the pack is, all of them may hold `rules`.

    The names are what errors use. In a folder the one that says what the pack is, is `pack.yaml`.
    """
    head: dict[str, Any] = {}
    rules: list[Any] = []
    homes: list[str] = []
    main = next((name for name in parts if Path(name).name == PACK_FILE), next(iter(parts), PACK_FILE))
    for name in sorted(parts, key=lambda part: part != main):
        data = _read(parts[name], name)
        if name == main:
            head = {key: value for key, value in data.items() if key != "rules"}
        elif set(data) - {"rules"}:
            unknown = sorted(set(data) - {"rules"})[0]
            raise LawError(
                said("only rules may stand here"),
                where=f"{name}: {unknown}",
                remedy=said("move it to {file}; {guide}", file=PACK_FILE, guide=GUIDE),
            )
        held = data.get("rules", ())
        for index, rule in enumerate(held if isinstance(held, tuple) else ()):
            _with_params(rule, index, name)
            rules.append(rule)
            homes.append(name)
    data = head | {"rules": tuple(rules)}
    try:
        told = json.dumps(_plain(data), sort_keys=True, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise LawError(said("a text with half a character"), where=main, remedy=said("mend the YAML")) from None
    data["content_hash"] = hashlib.sha256(told).hexdigest()
    try:
        return Pack.model_validate(data)
    except ValidationError as error:
        raise pack_error(error, main, data["rules"], homes) from None


def _read(raw: bytes, file: str) -> dict[str, Any]:
    """One file of a pack as plain, frozen data."""
    if len(raw) > PACK_BYTES_MAX:
        raise LawError(said("larger than {most} bytes", most=PACK_BYTES_MAX), where=file, remedy=said("split it into packs"))
    try:
        data = yaml.load(raw.decode("utf-8"), Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except UnicodeDecodeError:
        raise LawError(said("not UTF-8"), where=file, remedy=said("save it as UTF-8")) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise LawError(
            said("not YAML: {problem}", problem=of_yaml(getattr(error, "problem", error))),
            where=f"{file}{line}",
            remedy=said("mend the YAML"),
        ) from None
    except RecursionError:
        raise LawError(said("nested too deeply"), where=file, remedy=said("mend the YAML")) from None
    except (ValueError, KeyError, AttributeError):  # PyYAML's own, of `!!int abc`, and of a 13th month
        raise LawError(said("a date or number that is none"), where=file, remedy=said("mend the YAML")) from None
    if not isinstance(data, dict):
        raise LawError(said("not a pack: no keys at the top"), where=file, remedy=GUIDE)
    if _values_n(data, {}) > VALUES_MAX:
        raise LawError(
            said("more than {most} values, its aliases counted", most=VALUES_MAX),
            where=file,
            remedy=said("split it into packs"),
        )
    frozen: dict[str, Any] = _frozen(data)
    return frozen


def _values_n(value: Any, known: dict[int, int]) -> int:
    """How many values there are once aliases are written out; what stands in several places is counted but once."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = 1 + sum(_values_n(inner, known) for inner in (value.values() if isinstance(value, dict) else value))
    return known[id(value)]


def _with_params(rule: Any, index: int, file: str) -> None:
    """Turn the parameters of one rule into its kind's."""
    if not isinstance(rule, dict):
        raise LawError(said("a rule is a mapping of keys"), where=f"{file}: rules.{index}", remedy=GUIDE)
    where = f"{file}: {rule.get('id', f'rules.{index}')}"
    kind = KINDS.get(str(rule.get("kind")))
    if kind is None:
        raise LawError(
            said("unknown kind {kind!r}", kind=rule.get("kind")),
            where=f"{where}: kind",
            remedy=said("use one of {known}", known=", ".join(KINDS)),
        )
    params = rule.get("params", {})
    if not isinstance(params, dict):
        raise LawError(said("params is a mapping of keys"), where=f"{where}: params", remedy=GUIDE)
    try:
        rule["params"] = kind.model_validate(params)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(["params", *(str(part) for part in first["loc"])])
        raise LawError(
            _said(first), where=f"{where}: {key}", remedy=said("the keys of {kind} are in docs/law.md", kind=kind.name)
        ) from None


def pack_error(error: ValidationError, file: str, rules: Sequence[Any], homes: Sequence[str]) -> LawError:
    """A pack's first error with file, rule and key."""
    first = error.errors()[0]
    parts = [str(part) for part in first["loc"]]
    if len(parts) >= 2 and parts[0] == "rules" and parts[1].isdigit():
        file = homes[int(parts[1])]
        parts[:2] = [str(rules[int(parts[1])].get("id", f"rules.{parts[1]}"))]
    return LawError(_said(first), where=f"{file}: {': '.join(parts) or 'pack'}", remedy=GUIDE)


def _said(error: Any) -> str:
    """What pydantic found, in our words, with the value where it is a plain one."""
    if error["type"] == "extra_forbidden":
        return said("unknown key")
    if error["type"] == "missing":
        return said("this key is missing")
    message = in_our_words(error)
    seen = error.get("input")
    plain = error["type"] != "value_error" and isinstance(seen, str | int | bool | date)
    return said("{what} (found {seen!r})", what=message, seen=seen) if plain else message


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _frozen(inner) for key, inner in value.items()}
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    """As JSON, for the hash."""
    if isinstance(value, BaseModel):
        return {"kind": getattr(value, "name", ""), **value.model_dump(mode="json")}
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
