"""Addresses in requests: taken in lower case or with a right checksum, used as EIP-55."""

from typing import Annotated

from eth_utils.address import is_checksum_address, to_checksum_address
from pydantic import AfterValidator, Field

from api.schemas import ADDRESS_EXAMPLE


def _checksummed(text: str) -> str:
    if text != text.lower() and not is_checksum_address(text):
        raise ValueError("the mixed case is not the address's EIP-55 checksum: a digit is wrong")
    return to_checksum_address(text)


Address = Annotated[
    str,
    Field(pattern=r"^0x[0-9a-fA-F]{40}$", description="An address.", examples=[ADDRESS_EXAMPLE]),
    AfterValidator(_checksummed),
]
