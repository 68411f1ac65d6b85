"""What the pages of a class may reach: part of each job, and of what a warm pod is given."""

from dataclasses import dataclass

from kubeshot_contract.fields import Fields

PROXY_VARIABLE = "CAPTURE_PROXY"
"""Holds the URL of the class's own proxy, with its credentials; the kubelet takes it from a Secret."""
PROXY_KEY = "url"

_MOST = 256


@dataclass(frozen=True, slots=True)
class Egress:
    """Public addresses may be reached. A host is a name, or with `*.` in front all names below it.

    `private_cidrs` may be reached besides, and what `private_hosts` lead to, unless that is local to the machine.
    With `allowed_hosts` there are no others; `denied_hosts` are none of them. `max_bytes` is how much may come and go
    in one capture.
    """

    private_cidrs: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    denied_hosts: tuple[str, ...] = ()
    max_bytes: int = 1 << 30


def encode_egress(egress: Egress) -> dict[str, object]:
    """Return what a class allows as JSON."""
    return {
        "privateCIDRs": list(egress.private_cidrs),
        "privateHosts": list(egress.private_hosts),
        "allowedHosts": list(egress.allowed_hosts),
        "deniedHosts": list(egress.denied_hosts),
        "maxBytes": egress.max_bytes,
    }


def decode_egress(fields: Fields) -> Egress:
    """Return what a class allows from JSON; raise `MalformedMessageError`."""
    return Egress(
        private_cidrs=fields.optional_strings("privateCIDRs", most=_MOST),
        private_hosts=fields.optional_strings("privateHosts", most=_MOST),
        allowed_hosts=fields.optional_strings("allowedHosts", most=_MOST),
        denied_hosts=fields.optional_strings("deniedHosts", most=_MOST),
        max_bytes=fields.integer("maxBytes"),
    )
