"""
HTTPS: the TLS layer of a client's connection, and a certificate for this machine.

TLS works on buffers here and all bytes go through the connection as they do without it, so its deadlines hold for
handshakes, too.

Source:
    RFC 8446; RFC 5280 for the certificate.
"""

import errno
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from typing import Any, NamedTuple

from kpn_sandbox.server.client_connection import ClientConnection
from kpn_sandbox.settings import SELF_SIGNED, SettingError, Settings, data_folder
from kpn_sandbox.tenants.clock import wall_time

_CHUNK = 65_536
_HTTP_TEXT = b"This port speaks HTTPS: the URL must begin with https://"
_HTTP_RESPONSE = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_HTTP_TEXT), _HTTP_TEXT)
)


class TlsConnection(ClientConnection):
    """
    A connection to a client of HTTPS.

    Args:
        client: The accepted socket, whose file descriptor is taken over.
        context: Certificate and key.
    """

    def __init__(self, client: socket, context: ssl.SSLContext) -> None:
        super().__init__(client)
        self._received, self._unsent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._received, self._unsent, server_side=True)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """
        Receive up to so many bytes; none when the client has closed its side.

        Args:
            size, flags: As for a socket.

        Raises:
            ConnectionAbortedError: The client does not speak TLS.
        """
        while True:
            try:
                return self._tls.read(size)
            except ssl.SSLWantReadError:
                self._send_pending()
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLError as error:
                with suppress(OSError):
                    # The alert says to the client what is wrong; one of HTTP would not understand it.
                    if error.reason == "HTTP_REQUEST":
                        super().sendall(_HTTP_RESPONSE)
                    self._send_pending()
                raise ConnectionAbortedError(errno.ECONNABORTED, str(error)) from None
            received = super().recv(_CHUNK, flags)
            if not received:
                return b""
            self._received.write(received)

    def sendall(self, data: bytes, flags: int = 0) -> None:
        """
        Send all bytes; the deadline counts from the last one that the client has taken.

        Args:
            data, flags: As for a socket.

        Raises:
            ConnectionAbortedError: There is no TLS connection to send them on.
        """
        view = memoryview(data)
        for place in range(0, len(view), _CHUNK):
            try:
                self._tls.write(view[place : place + _CHUNK])
            except ssl.SSLError as error:
                raise ConnectionAbortedError(errno.ECONNABORTED, str(error)) from None
            self._send_pending()

    def linger(self, seconds: float) -> None:
        """Say that nothing follows, and let the client read the last response."""
        with suppress(OSError):
            try:
                self._tls.unwrap()
            except ssl.SSLError:
                # It waits for the client to say the same, which need not come.
                self._send_pending()
        super().linger(seconds)

    def _send_pending(self) -> None:
        if self._unsent.pending:
            super().sendall(self._unsent.read())


class TlsFiles(NamedTuple):
    """The certificate of a server of HTTPS, and what its connections need."""

    certificate: Path
    context: ssl.SSLContext


def tls_of(settings: Settings) -> TlsFiles | None:
    """
    Return what a server of HTTPS needs; None for one of HTTP.

    Raises:
        SettingError: The settings name no pair of certificate and key.
    """
    if settings.certificate is None:
        if settings.key is not None:
            raise SettingError("--key must stand beside --certificate")
        return None
    if settings.certificate == SELF_SIGNED and settings.key is not None:
        raise SettingError(f"--certificate {SELF_SIGNED} makes its own key: leave out --key, or name its certificate")
    try:
        if settings.certificate == SELF_SIGNED:
            certificate, key = self_signed(data_folder(), wall_time())
        else:
            # Both may stand in one file.
            certificate, key = Path(settings.certificate), Path(settings.key or settings.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # A passphrase would be asked for at the terminal.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except OSError as error:
        reason = f"{settings.certificate}: {getattr(error, 'reason', None) or error.strerror or error}"
        raise SettingError(f"--certificate and --key must name PEM files that are a pair: {reason}") from None
    return TlsFiles(certificate, context)


def self_signed(folder: Path, now: float) -> tuple[Path, Path]:
    """
    Return the files of a certificate for this machine and of its key; makes them where they are missing or expired.

    Args:
        folder: Where they are.
        now: Wall time, in epoch seconds.

    Raises:
        OSError: They cannot be written.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    certificate, key = folder / "localhost.pem", folder / "localhost.key"
    with suppress(OSError, ValueError):
        expires = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
        if key.is_file() and expires.timestamp() > now + 86_400:
            return certificate, key
    made, secret = _make_certificate(now)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key.unlink(missing_ok=True)
    key.touch(0o600)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key.write_bytes(secret.private_bytes(encoding, form, serialization.NoEncryption()))
    certificate.write_bytes(made.public_bytes(encoding))
    return certificate, key


def _make_certificate(now: float) -> tuple[Any, Any]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kpn-sandbox on localhost")])
    addresses = [x509.IPAddress(ip_address(each)) for each in ("127.0.0.1", "::1")]
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    usage = dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
    subject_key = x509.SubjectKeyIdentifier.from_public_key(public)
    start = datetime.fromtimestamp(now, UTC)
    builder = (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        .not_valid_before(start - timedelta(days=1))
        .not_valid_after(start + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses]), critical=False)
        # It signs itself, so whoever trusts it trusts it as an authority, for nothing else.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(subject_key, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject_key), critical=False)
    )
    return builder.sign(key, hashes.SHA256()), key
