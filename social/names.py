"""Handles and campaign codes: their form, what they look like, and which nobody may have.

One script by construction: Latin letters without accents, digits, and single low lines between them. Two
names that look alike are one name: `skeleton` is what is left when look-alikes are made the same.
"""

import re
from dataclasses import dataclass

from social.errors import BadNameError

FORM = r"^[A-Za-z](_?[A-Za-z0-9]){2,19}$"
"""The form that can be said in a schema; the length is looked at apart: 3 to 20 characters."""
MOST = 20
_FORM = re.compile(FORM)
_LOOKS = str.maketrans("0123456789i", "olzeasgtbgl")
"""Digits as the letters that they stand for, and i as l: a capital I is one to the eye."""
_PAIRS = (("rn", "m"), ("vv", "w"))
_NOBODYS = (
    *("anonymous", "api", "deleted", "everyone", "guardian", "help", "hidden", "keeper", "mod", "nobody"),
    *("null", "owner", "protocol", "reader", "root", "shell", "staff", "system", "team", "treasury"),
    *("undefined", "verified", "withdrawn"),
)
_IN_NO_NAME = ("admin", "lockstep", "moderator", "official", "operator", "security", "support")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is shown, and what it looks like."""

    shown: str
    skeleton: str


def skeleton_of(text: str) -> str:
    """Return what a name looks like."""
    found = text.lower().replace("_", "").translate(_LOOKS)
    for pair, one in _PAIRS:
        found = found.replace(pair, one)
    return found


_RESERVED = frozenset(map(skeleton_of, _NOBODYS))
_RESERVED_PARTS = tuple(map(skeleton_of, _IN_NO_NAME))


def name_of(text: str) -> Name:
    """Return a name. Raises `BadNameError` for one that nobody may have."""
    if len(text) > MOST or not _FORM.fullmatch(text):
        raise BadNameError(
            f"{text[:40]!r} is no name.",
            remedy="Take 3 to 20 Latin letters, digits and single _, beginning with a letter.",
        )
    found = skeleton_of(text)
    if found in _RESERVED or any(part in found for part in _RESERVED_PARTS):
        raise BadNameError(
            f"{text} could be taken for whoever runs the place.", remedy="Take a name that is yours alone."
        )
    return Name(text, found)
