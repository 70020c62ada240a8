"""Writes the Python client's models and queries from the API's OpenAPI document (`make client`).

The generator is datamodel-code-generator. What it is given is the document with two changes: the units of an
amount are an integer, though JSON carries them as text, and each operation's query is a schema with a name.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from api.app import create_app

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "client" / "lockstep_client"
HEADER = '''"""{0}

Made from the API's OpenAPI document by `make client`: do not edit.
"""'''
COMMON = (
    *("--input-file-type", "openapi", "--target-python-version", "3.11", "--disable-timestamp"),
    *(
        "--use-union-operator",
        "--use-standard-collections",
        "--use-double-quotes",
        "--use-schema-description",
    ),
    *("--enum-field-as-literal", "all", "--formatters", "ruff-format"),
)
WORDS = frozenset({"title", "example", "examples"})


def main(folder: Path) -> None:
    """Write models.py and queries.py into ``folder``."""
    document = create_app(create_engine("sqlite://")).openapi()
    models, queries = _models(document), _queries(document)
    _generate(
        models,
        folder / "models.py",
        "What the API answers, and what it takes.",
        *("--output-model-type", "pydantic_v2.BaseModel", "--use-annotated", "--use-field-description"),
        *("--base-class", "lockstep_client.base.Model"),
    )
    words = "The parameters of each list and answer; pages are turned by the client."
    _generate(queries, folder / "queries.py", words, "--output-model-type", "typing.TypedDict")


def _generate(document: dict[str, Any], path: Path, words: str, *options: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "openapi.json", Path(folder) / path.name
        source.write_text(json.dumps(document))
        header = ("--custom-file-header", HEADER.format(words))
        command = [sys.executable, "-m", "datamodel_code_generator", "--input", str(source)]
        command += ["--output", str(made), *COMMON, *header, *options]
        subprocess.run(command, check=True, cwd=folder)  # noqa: S603 (our own words)
        path.write_text(made.read_text())


def _models(document: dict[str, Any]) -> dict[str, Any]:
    found = deepcopy(document)
    for schema in found["components"]["schemas"].values():
        _plain(schema)
    units = found["components"]["schemas"]["Amount"]["properties"]["units"]
    units["type"] = "integer"
    found["paths"] = {}
    return found


def _queries(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose schemas are the queries of its operations."""
    schemas = {}
    for operation in _operations(document):
        name = operation["operationId"]
        parameters = [each for each in operation.get("parameters", []) if each["in"] == "query"]
        properties = {each["name"]: each["schema"] for each in parameters if each["name"] != "cursor"}
        if properties:
            needed = [each["name"] for each in parameters if each.get("required")]
            schema = deepcopy({"type": "object", "properties": properties, "required": needed})
            _plain(schema)
            schemas[f"{name[0].upper()}{name[1:]}Query"] = schema
    info = {"title": "queries", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": schemas}}


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def _plain(schema: dict[str, Any]) -> None:
    """Leave out what would give every field a class of its own, and examples."""
    for word in WORDS:
        schema.pop(word, None)
    if isinstance(schema.get("default"), dict):
        del schema["default"]  # of which the generator makes no model
    for name in ("properties", "$defs"):
        for part in schema.get(name, {}).values():
            _plain(part)
    for name in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(name, []):
            _plain(part)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            _plain(schema[name])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE)
