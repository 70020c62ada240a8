"""A leader's order as it is signed: the one home of its EIP-712 form off chain."""
