"""What the hub refuses, by the names and arguments of its errors (docs/specification.md, "Errors")."""


class RefusedError(Exception):
    """The contract would revert with the error ``name``; nothing has changed."""

    def __init__(self, name: str, *values: object) -> None:
        self.name = name
        self.values = values
        super().__init__(f"{name}({', '.join(map(str, values))})")
