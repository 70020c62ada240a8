import pyotp
import pytest
from sqlalchemy import Engine, select, text

from access.audit import Actor
from access.desk import Desk
from access.errors import NoSecretKeyError, SecondFactorError, SecondFactorLockedError
from access.models import RecoveryCode, SecondFactor
from access.sealing import Seal, new_key
from access.second_factor import LOCK_US, MOST_FAILURES, SecondFactors
from tests.access.conftest import SITE, Moved

ME, OTHER = "0x" + "aa" * 20, "0x" + "bb" * 20
BY = Actor(ME, "1")


@pytest.fixture
def factors(desk: Desk) -> SecondFactors:
    return desk.second_factors


def enrolled(factors: SecondFactors, clock: Moved) -> tuple[pyotp.TOTP, list[str]]:
    totp = pyotp.TOTP(factors.enrol(ME).secret)
    codes = factors.give(ME, totp.at(clock.now // 1_000_000), by=BY)
    clock.pass_s(60)
    return totp, codes


def wrong(factors: SecondFactors, code: str, kind: type[Exception] = SecondFactorError) -> None:
    with pytest.raises(kind):
        factors.give(ME, code, by=BY)


def test_first_right_code_confirms_it_and_gives_recovery_codes_once(
    factors: SecondFactors, clock: Moved
) -> None:
    assert not factors.confirmed(ME)
    begun = factors.enrol(ME)
    assert begun.uri.startswith(f"otpauth://totp/Lockstep:{ME}?secret={begun.secret}")
    assert not factors.confirmed(ME)
    totp = pyotp.TOTP(begun.secret)
    codes = factors.give(ME, totp.at(clock.now // 1_000_000), by=BY)
    assert len(set(codes)) == 10
    assert factors.confirmed(ME)
    clock.pass_s(30)
    assert factors.give(ME, totp.at(clock.now // 1_000_000), by=BY) == []
    with pytest.raises(SecondFactorError, match="already"):
        factors.enrol(ME)


def test_code_counts_once_and_none_older_than_one_that_was_used(factors: SecondFactors, clock: Moved) -> None:
    totp, _ = enrolled(factors, clock)
    now_s = clock.now // 1_000_000
    factors.give(ME, totp.at(now_s), by=BY)
    wrong(factors, totp.at(now_s))
    wrong(factors, totp.at(now_s - 30))
    factors.give(ME, totp.at(now_s + 30), by=BY)
    clock.pass_s(120)
    wrong(factors, totp.at(now_s + 30))
    wrong(factors, totp.at(now_s + 240))


def test_five_wrong_codes_lock_it_for_a_quarter_of_an_hour(factors: SecondFactors, clock: Moved) -> None:
    totp, codes = enrolled(factors, clock)
    for _ in range(MOST_FAILURES):
        wrong(factors, "not it")
    wrong(factors, totp.at(clock.now // 1_000_000), SecondFactorLockedError)
    wrong(factors, codes[0], SecondFactorLockedError)
    clock.now += LOCK_US
    factors.give(ME, totp.at(clock.now // 1_000_000), by=BY)


def test_beginning_anew_forgets_no_wrong_codes(factors: SecondFactors, clock: Moved) -> None:
    for _ in range(MOST_FAILURES):
        factors.enrol(ME)
        wrong(factors, "not it")
    wrong(factors, "not it", SecondFactorLockedError)
    factors.enrol(ME)
    wrong(factors, "not it", SecondFactorLockedError)


def test_recovery_code_counts_once_with_or_without_dashes(factors: SecondFactors, clock: Moved) -> None:
    _, codes = enrolled(factors, clock)
    typed = f"{codes[0][:4]}-{codes[0][4:]}".upper()
    assert factors.give(ME, typed, by=BY) == []
    wrong(factors, codes[0])
    with pytest.raises(SecondFactorError, match="no second factor"):
        factors.give(OTHER, codes[1], by=BY)


def test_secret_is_sealed_and_recovery_codes_are_hashed(
    factors: SecondFactors, clock: Moved, engine: Engine
) -> None:
    totp, codes = enrolled(factors, clock)
    with engine.connect() as connection:
        stored = str(connection.execute(select(SecondFactor.__table__)).all())
        stored += str(connection.execute(select(RecoveryCode.__table__)).all())
    assert totp.secret not in stored
    assert not any(code in stored for code in codes)


def test_key_is_changed_by_putting_the_new_one_before_the_old(engine: Engine, clock: Moved) -> None:
    old, new = new_key(), new_key()
    totp, _ = enrolled(Desk(engine, SITE, seal=Seal(old), clock=clock).second_factors, clock)
    changed = Desk(engine, SITE, seal=Seal(f"{new}, {old}"), clock=clock).second_factors
    changed.give(ME, totp.at(clock.now // 1_000_000), by=BY)
    clock.pass_s(60)
    for seal in (Seal(new), None):
        lost = Desk(engine, SITE, seal=seal, clock=clock).second_factors
        with pytest.raises(NoSecretKeyError):
            lost.give(ME, totp.at(clock.now // 1_000_000), by=BY)
        with pytest.raises(NoSecretKeyError) if seal is None else pytest.raises(SecondFactorError):
            lost.enrol(ME)
    with pytest.raises(NoSecretKeyError, match="is no key"):
        Seal("password")


def test_taken_off_it_is_gone_with_its_codes_and_both_are_noted(
    desk: Desk, factors: SecondFactors, clock: Moved, engine: Engine
) -> None:
    enrolled(factors, clock)
    factors.remove(ME, by=BY, why="lost phone")
    assert not factors.confirmed(ME)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM access_recovery_codes")).scalar() == 0
    acts = [(row.act, row.before, row.after) for row in desk.audit.newest(limit=9)]
    yes, no = '{"second_factor": true}', '{"second_factor": false}'
    assert acts == [("second_factor.removed", yes, no), ("second_factor.confirmed", no, yes)]
