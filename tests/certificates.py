"""A certificate authority made for one run, and a server's certificate of it."""

import base64
import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True)
class Certificates:
    """``ca_file`` is what a client trusts; ``server_file`` holds the server's certificate and its key.

    ``spki`` names the server's key, for Chromium's --ignore-certificate-errors-spki-list.
    """

    ca_file: Path
    server_file: Path
    spki: str

    def server_context(self) -> ssl.SSLContext:
        """For a server that answers to one of the names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server_file)
        return context

    def client_context(self) -> ssl.SSLContext:
        """For a client that trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.ca_file))


def make_certificates(folder: Path, *names: str) -> Certificates:
    """Writes the authority's certificate, and the server's for these names and addresses, into ``folder``."""
    authority = trustme.CA()
    server = authority.issue_cert(*names)
    ca_file, server_file = folder / "ca.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(ca_file)
    server_file.touch(mode=0o600)
    server.private_key_and_cert_chain_pem.write_to_path(server_file)
    certificate = x509.load_pem_x509_certificate(server.cert_chain_pems[0].bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Certificates(ca_file, server_file, base64.b64encode(hashlib.sha256(key).digest()).decode())
