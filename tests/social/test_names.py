"""Names are one script, and two that look alike are one."""

import pytest

from social.errors import BadNameError
from social.names import name_of, skeleton_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AnnaTrades", "annatrades"),
        ("AnnaTrades", "anna_trades"),
        ("alice", "aIice"),
        ("alice", "al1ce"),
        ("bob", "b0b"),
        ("modern", "rnodem"),
        ("wave", "vvave"),
        ("Ether25", "ether2s"),
    ],
)
def test_names_that_look_alike_are_one(one: str, other: str) -> None:
    assert skeleton_of(one) == skeleton_of(other)


def test_names_that_do_not_look_alike_are_two() -> None:
    assert len({skeleton_of(each) for each in ("anna", "hanna", "anne", "annas", "ana")}) == 5


@pytest.mark.parametrize("text", ["AnnaTrades", "a_b_c", "x12", "Q" * 20])
def test_names_have_letters_digits_and_single_lows(text: str) -> None:
    assert name_of(text).shown == text


@pytest.mark.parametrize(
    "text",
    [
        "ab",
        "Q" * 21,
        "_anna",
        "anna_",
        "an__na",
        "1anna",
        "0xanna",
        "an na",
        "anna.eth",
        "\u0430nna",
        "anna\n",
        "",
    ],
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(BadNameError):
        name_of(text)


@pytest.mark.parametrize(
    "text",
    ["admin", "Adm1n", "theAdmin", "lockstep", "L0ckstep_team", "Iockstep", "support24", "0fficial", "staff"],
)
def test_nobody_can_be_taken_for_whoever_runs_the_place(text: str) -> None:
    with pytest.raises(BadNameError):
        name_of(text)
