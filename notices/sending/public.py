"""Names become addresses here, and only public ones: a webhook must not reach into our own network.

The connection is made to the very addresses that were looked at, so a name that changes in between helps
nobody.
"""

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp.abc import AbstractResolver, ResolveResult


class PrivateAddressError(OSError):
    """The name leads to an address that is not public."""


def is_public(address: str) -> bool:
    """Whether an address is one of the Internet's, whatever it is wrapped in."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner: IPv4Address | IPv6Address | None = (
            found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        )
        if inner is None and int(found) >> 32 == 0x64_FF9B << 64:  # NAT64 (RFC 6052)
            inner = ip_address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses alone; `local` lets trials reach this machine."""

    def __init__(self, *, local: bool) -> None:
        self._local = local

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name. Raises `PrivateAddressError` where one of them is not public."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = list(dict.fromkeys((kind, str(place[0])) for kind, _, _, _, place in found))
        if not self._local and not all(is_public(address) for _, address in addresses):
            raise PrivateAddressError(f"{host} leads to an address that is not public")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, address in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept open."""


def refuse_private(host: str, *, local: bool) -> None:
    """Refuse a host that is an address itself, which no resolver sees. Raises `PrivateAddressError`."""
    try:
        public = is_public(host)
    except ValueError:
        return  # a name: the resolver looks at it
    if not public and not local:
        raise PrivateAddressError(f"{host} is not a public address")
