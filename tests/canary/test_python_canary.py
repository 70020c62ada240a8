"""Fails on purpose: `make canary` wants to see it turn a run red. No suite collects it."""


def test_canary_of_pytest_fails():
    raise AssertionError("this canary must be heard")
