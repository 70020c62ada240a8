"""What is kept is what is seen: nothing hides, reorders or leads elsewhere."""

import pytest

from social.errors import BadTextError
from social.words import check_link, line, paragraphs


def test_text_is_kept_in_one_form_without_what_surrounds_it() -> None:
    assert paragraphs("  e\u0301te\u0301\r\n\n\n\nhot  ", least=1, most=20) == "\u00e9t\u00e9\n\nhot"
    assert paragraphs("\U0001f469\u200d\U0001f4bb \u0645\u06cc\u200c\u062e", least=1, most=20)
    assert line("Winter & co.", least=1, most=20) == "Winter & co."


@pytest.mark.parametrize(
    "text",
    [
        "zero\x00byte",
        "tab\there",
        "right\u202eto left",
        "isolated\u2066",
        "mark\u200e",
        "zero width\u200bspace",
        "soft\u00adhyphen",
        "another\u2028line",
        "private\ue000use",
        "half\ud800",
        "blank\u3164letter",
        "tag\U000e0041",
        "z\u0300\u0301\u0302\u0303algo",
    ],
)
def test_what_nobody_sees_is_refused(text: str) -> None:
    with pytest.raises(BadTextError) as found:
        paragraphs(text, least=1, most=100)
    assert found.value.remedy


def test_lengths_are_counted_after_what_surrounds_it_is_gone() -> None:
    with pytest.raises(BadTextError, match="0 characters"):
        paragraphs(" \n ", least=1, most=10)
    with pytest.raises(BadTextError, match="11 characters"):
        paragraphs("x" * 11, least=1, most=10)
    assert paragraphs("", least=0, most=10) == ""


def test_a_line_has_no_break() -> None:
    with pytest.raises(BadTextError, match="000A"):
        line("two\nlines", least=1, most=20)


@pytest.mark.parametrize("link", ["https://example.org", "https://a.b-c.example.org:8443/x/y?z=1#w"])
def test_links_lead_to_names_by_https(link: str) -> None:
    assert check_link(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org",
        "javascript:alert(1)",
        "https://user@example.org/",
        "https://example.org@evil.org/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://ex\u0430mple.org/",
        "https://example.org/\u202egpj",
        "https://example.org/ x",
        'https://example.org/"onclick=',
        "https://example.org/\n",
        "//example.org",
    ],
)
def test_other_links_are_refused(link: str) -> None:
    with pytest.raises(BadTextError):
        check_link(link)
