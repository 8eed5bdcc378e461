"""DKIM: keys, their DNS records, and signatures (RFC 6376, 8301, 8463)."""

from infomail.dkim.eightfold import LANES, may_be_eightfold
from infomail.dkim.keys import DnsRecord, Kind, PrivateKey, dns_record, make_key, read_key
from infomail.dkim.signer import REWRITTEN_BY_SES, Claim, Signer, signature_octets

__all__ = [
    "LANES",
    "REWRITTEN_BY_SES",
    "Claim",
    "DnsRecord",
    "Kind",
    "PrivateKey",
    "Signer",
    "dns_record",
    "make_key",
    "may_be_eightfold",
    "read_key",
    "signature_octets",
]
