"""What the API says about listed tokens."""

from api.listings import Listing
from api.schemas import Token


class ListedToken(Listing, Token):
    """A token that strategies may hold."""
