"""Fails on purpose, on a real chain: `make canary` wants to see it turn a run red. No suite collects it."""

import brownie


def test_canary_of_brownie_fails(TestnetToken, accounts):  # noqa: N803 - Brownie names it
    token = TestnetToken.deploy("Canary", "CNRY", 18, accounts[0], {"from": accounts[0]})
    with brownie.reverts("this canary must be heard"):
        token.mint(accounts[0], 1, {"from": accounts[0]})
