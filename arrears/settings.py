"""Settings in YAML that come with arrears, and a bank's own on top: read, laid over each other, validated as a whole.

Files come in; one frozen model goes out, or a `ConfigError` naming file and key. It knows no setting itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from arrears.errors import ConfigError
from arrears.file_errors import in_our_words, of_yaml
from arrears.saying import said

BYTES_MAX = 100_000
Model = TypeVar("Model", bound=BaseModel)


def layered(package: str, own: Path, remedy: str) -> dict[str, Any]:
    """The values of the file in `package` that is called like `own`, those of `own` on top where it exists.

    Key by key within each group; lists are replaced whole. Raises `ConfigError` for a file that is none of ours.
    """
    shipped = _read((resources.files(package) / own.name).read_bytes(), f"{package.replace('.', '/')}/{own.name}", remedy)
    try:
        over = _read(own.read_bytes(), str(own), remedy) if own.exists() else {}
    except OSError as error:
        raise ConfigError(
            said("it cannot be read: {strerror}", strerror=error.strerror), where=str(own), remedy=said("check its permissions")
        ) from None
    return _over(shipped, over, str(own), remedy)


def validated(model: type[Model], data: Mapping[str, Any], file: Path, remedy: str) -> Model:
    """The values as the model; raises `ConfigError` for the first that does not fit."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = said("unknown key") if first["type"] == "extra_forbidden" else in_our_words(first)
        if isinstance(first.get("input"), str | int | bool):
            what = said("{what} (found {seen!r})", what=what, seen=first["input"])
        raise ConfigError(what, where=f"{file}: {key}", remedy=remedy) from None


def _read(raw: bytes, file: str, remedy: str) -> dict[str, Any]:
    if len(raw) > BYTES_MAX:
        raise ConfigError(said("larger than {most} bytes", most=BYTES_MAX), where=file, remedy=said("keep only settings in it"))
    try:
        data = yaml.safe_load(raw.decode("utf-8"))
    except RecursionError:
        raise ConfigError(said("nested too deeply"), where=file, remedy=said("mend the YAML")) from None
    except (ValueError, yaml.YAMLError) as error:  # ValueError: not UTF-8, and PyYAML's own of a 13th month
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else file
        raise ConfigError(
            said("not YAML: {problem}", problem=_problem(error)),
            where=where,
            remedy=said("mend the YAML"),
        ) from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(said("not a mapping of keys"), where=file, remedy=remedy)
    frozen: dict[str, Any] = _frozen(data)
    return frozen


def _problem(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return said("not UTF-8")
    problem = getattr(error, "problem", None)
    return of_yaml(problem) if problem else said("a date or number that is none")


def _over(base: dict[str, Any], own: Mapping[str, Any], file: str, remedy: str) -> dict[str, Any]:
    merged = dict(base)
    for name, value in own.items():
        if isinstance(base.get(name), dict):
            if not isinstance(value, dict):
                raise ConfigError(said("not a mapping of keys"), where=f"{file}: {name}", remedy=remedy)
            merged[name] = base[name] | value
        else:
            merged[name] = value
    return merged


def _frozen(value: Any) -> Any:
    """Lists as tuples, which strict validation of frozen models asks for."""
    if isinstance(value, dict):
        return {str(key): _frozen(inner) for key, inner in value.items()}
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value
