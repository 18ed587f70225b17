"""What is in an uploaded certificate? Its names, dates, fingerprint, and whether the key fits."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from providers.sandbox.aptible.hal import unprocessable
from providers.sandbox.aptible.records import Certificate


def read_certificate(record_id: int, account_id: int, body: str, key: str) -> Certificate:
    """A certificate record from PEM texts; raises ApiError 422 when they are not usable."""
    try:
        chain = x509.load_pem_x509_certificates(body.encode())
        private = serialization.load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError):
        raise unprocessable("Certificate body and private key must be PEM") from None
    shape = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    wanted = private.public_key().public_bytes(*shape)
    leaf = next((c for c in chain if c.public_key().public_bytes(*shape) == wanted), None)
    if leaf is None:
        raise unprocessable("The private key does not fit the certificate")
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        names = tuple(extension.value.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        names = ()
    common = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Certificate(
        id=record_id,
        account_id=account_id,
        body=body,
        private_key=key,
        common_name=str(common[0].value) if common else "",
        names=names,
        not_before=leaf.not_valid_before_utc.isoformat().replace("+00:00", "Z"),
        not_after=leaf.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
        sha256=leaf.fingerprint(hashes.SHA256()).hex(),
        self_signed=leaf.issuer == leaf.subject,
    )
