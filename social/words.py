"""What people may write: bounded text without characters that nobody sees or that turn others round, and
links that lead where they say.
"""

import re
import unicodedata

from social.errors import BadTextError

MOST_LINKS = 5
LINK = r"^https://([a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(:[0-9]{1,5})?(/[A-Za-z0-9/._~!$&()*+,;=:?%#-]*)?$"
"""https, a name of the internet in lower case, no user before it; other scripts' names are punycode."""
_LINK = re.compile(LINK)
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of control, of format (what turns the direction is among it), of private use, of halves
of pairs, and of lines and paragraphs by another name.
"""
_JOINERS = frozenset("\u200c\u200d")
"""Unseen, but scripts and emoji need them."""
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters that show as nothing."""
_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4}")
"""Accents piled up until they cover the lines above."""
_GAPS = re.compile(r"\n{3,}")


def paragraphs(text: str, *, least: int, most: int) -> str:
    """Return text of several lines as it is kept. Raises `BadTextError`."""
    return _checked(_GAPS.sub("\n\n", text.replace("\r\n", "\n")), "\n", least, most)


def line(text: str, *, least: int, most: int) -> str:
    """Return a line as it is kept. Raises `BadTextError`."""
    return _checked(text, "", least, most)


def check_link(text: str) -> str:
    """Return a link. Raises `BadTextError`."""
    if not _LINK.fullmatch(text):
        raise BadTextError(f"{text[:60]!r} is no link that is shown.", remedy="Give an https:// address.")
    return text


def _checked(text: str, breaks: str, least: int, most: int) -> str:
    found = unicodedata.normalize("NFC", text).strip()
    if not least <= len(found) <= most:
        raise BadTextError(
            f"The text has {len(found)} characters.", remedy=f"Write between {least} and {most}."
        )
    for each in found:
        unseen = unicodedata.category(each) in _UNSEEN and each not in _JOINERS and each not in breaks
        if unseen or each in _BLANKS:
            raise BadTextError(
                f"The text has the character U+{ord(each):04X}, which nobody sees.",
                remedy="Leave out control characters, marks of direction and blank letters.",
            )
    if _MARKS.search(found):
        raise BadTextError("Too many accents are piled on a letter.", remedy="Put three on it at most.")
    return found
