"""What the API says about pools."""

from pydantic import Field

from api.listings import Listing
from api.schemas import ADDRESS_EXAMPLE, Token


class Pool(Listing):
    """A pool that strategies may trade in."""

    address: str = Field(description="The pool, EIP-55.", examples=[ADDRESS_EXAMPLE])
    venue: str = Field(description="The exchange's adapter that vouches for it.", examples=[ADDRESS_EXAMPLE])
    token0: Token = Field(description="One token.")
    token1: Token = Field(description="The other token.")
