"""Whether a host's name or address is of this machine, or of its network."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Addresses of one network's own, which no mail comes from that leaves it (RFC 1918, RFC 4193).
_OWN_NETWORKS = tuple(
    ip_network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine: 127.0.0.0/8, ::1, `localhost` and names below it.

    So are 0.0.0.0 and ::, as addresses to connect to (RFC 1122, 3.2.1.3; RFC 4291, 2.5;
    RFC 6761, 6.3).
    """
    address = _address(host)
    if address is None:
        return f".{host.rstrip('.').lower()}".endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def is_in_own_network(host: str) -> bool:
    """Whether an address is this machine's or one that its network alone knows."""
    address = _address(host)
    return is_this_machine(host) or (
        address is not None and any(address in network for network in _OWN_NETWORKS)
    )


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
