"""DKIM: keys, their DNS records, and signatures (RFC 6376, 8301, 8463)."""

from infomail.dkim.keys import DnsRecord, Kind, PrivateKey, dns_record, make_key, read_key
from infomail.dkim.signer import Signer, signatures

__all__ = [
    "DnsRecord",
    "Kind",
    "PrivateKey",
    "Signer",
    "dns_record",
    "make_key",
    "read_key",
    "signatures",
]
