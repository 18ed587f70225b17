"""Where do the sandbox's certificates come from? From a certificate authority made at its start."""

import datetime
import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFE = datetime.timedelta(days=30)
_CLOCK_SLACK = datetime.timedelta(hours=1)


@dataclass(frozen=True)
class Leaf:
    """A certificate with its chain and its key; `sha256` is the hex fingerprint of the leaf."""

    cert_pem: bytes
    key_pem: bytes
    sha256: str


class Authority:
    """A throw-away authority; its root certificate is `ca_file`, its key never leaves memory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, "moveday sandbox authority")]
        )
        self._certificate = self._build_root()
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(_pem(self._certificate))
        self._leaves: dict[tuple[str, ...], Leaf] = {}

    def certificate(self, *names: str, holder: str = "") -> Leaf:
        """A certificate for DNS names (wildcards too) and IP addresses; the same one each time.

        Two holders get two certificates for the same names, as two platforms do.
        """
        key = (holder, *names)
        if key not in self._leaves:
            self._leaves[key] = self._issue(names)
        return self._leaves[key]

    def server_context(self, leaf: Leaf) -> ssl.SSLContext:
        """A server-side TLS context that shows `leaf`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # The ssl module loads from files only.
        file = self._folder / f"leaf-{leaf.sha256[:16]}.pem"
        file.touch(mode=0o600)
        try:
            file.write_bytes(leaf.key_pem + leaf.cert_pem)
            context.load_cert_chain(file)
        finally:
            file.unlink()
        return context

    def _build_root(self) -> x509.Certificate:
        public = self._key.public_key()
        return (
            self._builder(self._name, public)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _issue(self, names: tuple[str, ...]) -> Leaf:
        if not names:
            raise ValueError("a certificate needs at least one name")
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            self._builder(subject, key.public_key())
            .add_extension(x509.SubjectAlternativeName([_alt(n) for n in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer_key, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        der = certificate.public_bytes(serialization.Encoding.DER)
        key_pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return Leaf(_pem(certificate), key_pem, hashlib.sha256(der).hexdigest())

    def _builder(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _CLOCK_SLACK)
            .not_valid_after(now + _LIFE)
        )


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alt(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
