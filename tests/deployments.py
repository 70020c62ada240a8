"""Where the tests of this checkout keep chains with the protocol on them, for each other and the next run."""

from demo.checkout import Checkout

DEPLOYMENTS = Checkout.here().root / "build" / "deployments"
