"""What stands for public tokens and feeds on a local chain."""

from brownie import ZERO_ADDRESS, accounts, chain
from eth_account import Account
from eth_account.messages import encode_typed_data
from world import USDC, events, refused


def test_a_token_says_what_it_is(world):
    said = [(token.name(), token.symbol(), token.decimals()) for token in world.tokens]
    assert said == [
        ("USD Coin", "USDC", 6),
        ("Wrapped Ether", "WETH", 18),
        ("Wrapped Bitcoin", "WBTC", 8),
    ]


def test_its_owner_mints(world):
    supply = world.usdc.totalSupply()
    tx = world.usdc.mint(world.keeper, 5, {"from": world.owner})
    minted = {"from": ZERO_ADDRESS, "to": world.keeper, "value": 5}
    assert events(tx, world.usdc) == [("Transfer", minted)]
    assert (world.usdc.balanceOf(world.keeper), world.usdc.totalSupply()) == (5, supply + 5)


def test_nobody_else_mints(world):
    with refused("OwnableUnauthorizedAccount", world.keeper):
        world.usdc.mint(world.keeper, 5, {"from": world.keeper})


def test_a_token_moves_and_is_spent_by_allowance(world):
    usdc, follower, keeper = world.usdc, world.followers[0], world.keeper
    owned = usdc.balanceOf(follower)
    usdc.transfer(keeper, 7, {"from": follower})
    usdc.approve(world.stranger, 3, {"from": keeper})
    usdc.transferFrom(keeper, world.stranger, 2, {"from": world.stranger})
    assert (usdc.balanceOf(follower), usdc.balanceOf(keeper)) == (owned - 7, 5)
    assert (usdc.balanceOf(world.stranger), usdc.allowance(keeper, world.stranger)) == (2, 1)
    with refused("ERC20InsufficientAllowance", world.stranger, 1, 2):
        usdc.transferFrom(keeper, world.stranger, 2, {"from": world.stranger})


def test_a_signed_permit_allows_once(world):
    usdc, signer = world.usdc, Account.create()
    deadline = chain.time() + 3_600
    permit = (signer.address, world.hub.address, 10 * USDC, deadline)
    message = encode_typed_data(full_message=_permit(usdc, *permit))
    assert usdc.DOMAIN_SEPARATOR() == "0x" + message.header.hex()
    signed = signer.sign_message(message)
    arguments = (*permit, signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big"))
    usdc.permit(*arguments, {"from": world.stranger})
    assert usdc.allowance(signer.address, world.hub) == 10 * USDC
    assert usdc.nonces(signer.address) == 1
    again = Account.recover_message(
        encode_typed_data(full_message=_permit(usdc, *permit)), signature=signed.signature
    )
    with refused("ERC2612InvalidSigner", again, signer.address):
        usdc.permit(*arguments, {"from": world.stranger})


def test_a_feed_says_what_it_is(world):
    feed = world.feeds[world.weth.address]
    assert (feed.decimals(), feed.description(), feed.version()) == (8, "WETH / USD", 1)


def test_every_post_is_a_round_dated_by_its_block(world):
    feed = world.feeds[world.weth.address]
    first = feed.latestRoundData()
    tx = feed.post(-7, {"from": world.owner})
    updated = {"current": -7, "roundId": 2, "updatedAt": tx.timestamp}
    assert events(tx, feed) == [("AnswerUpdated", updated)]
    assert tuple(feed.latestRoundData()) == (2, -7, tx.timestamp, tx.timestamp, 2)
    assert feed.getRoundData(2) == feed.latestRoundData()
    assert feed.getRoundData(1) == first


def test_a_round_that_was_not_posted_has_no_data(world):
    feed = world.feeds[world.weth.address]
    for round_id in (0, 2):
        with refused("NoDataPresent", round_id):
            feed.getRoundData(round_id)
    empty = world.contracts.TestnetFeed.deploy(8, "nothing yet", world.owner, {"from": world.owner})
    with refused("NoDataPresent", 0):
        empty.latestRoundData()


def test_nobody_else_posts(world):
    with refused("OwnableUnauthorizedAccount", accounts[4]):
        world.feeds[world.weth.address].post(1, {"from": accounts[4]})


def _permit(token, owner, spender, value, deadline):
    _, name, version, chain_id, contract, _, _ = token.eip712Domain()
    assert (name, chain_id, contract) == (token.name(), chain.id, token)
    domain = {"name": name, "version": version, "chainId": chain_id, "verifyingContract": str(contract)}
    kinds = {"owner": "address", "spender": "address", "value": "uint256"}
    kinds |= {"nonce": "uint256", "deadline": "uint256"}
    values = (owner, spender, value, token.nonces(owner), deadline)
    return {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Permit": [{"name": name, "type": kind} for name, kind in kinds.items()],
        },
        "primaryType": "Permit",
        "domain": domain,
        "message": dict(zip(kinds, values, strict=True)),
    }
