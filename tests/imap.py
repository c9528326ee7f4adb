"""A real IMAP server: Dovecot as a private process, with its own folder, on free ports of this machine."""

import getpass
import grp
import imaplib
import os
import pwd
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scripts.servers import find
from tests.processes import PATIENCE, free_port, wait_for

PASSWORD = "mailbox-password"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
auth_failure_delay = 0
"""


@dataclass(frozen=True, slots=True)
class ImapServer:
    """Where it listens, its log, and the certificate that its clients should trust."""

    port: int
    tls_port: int
    certificate: str
    log: Path

    def put(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """Let a mail come into a folder of the user's."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(user, PASSWORD)
            status, words = client.append(folder, "", None, raw)
            assert status == "OK", words


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Dovecot, ready to open mailboxes; every user exists and has the one password.

    Its folder is its own, directly in /tmp: below pytest's, which every start of pytest closes to others than its
    owner (mode 0700), "nobody" may not open mailboxes; and a path there may be too long for Dovecot's sockets.
    """
    program = find("dovecot")
    assert program, "There is no Dovecot: python -m scripts.tools"
    with TemporaryDirectory(prefix="dovecot-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = ImapServer(free_port(), free_port(), f"{name}/certificate.pem", folder / "log")
        _write_certificate(folder)
        (folder / "dovecot.conf").write_text(_config(folder, server))
        with _running([program, "-F", "-c", f"{name}/dovecot.conf"]):
            _wait_until_ready(server)
            yield server


@contextmanager
def _running(arguments: list[str]) -> Iterator[None]:
    """The process, for the length of the block."""
    process = subprocess.Popen(arguments)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _wait_until_ready(server: ImapServer) -> None:
    """Return once a mailbox opens; an AssertionError with Dovecot's log when none does."""
    try:
        wait_for(lambda: _opens(server))
    except AssertionError as error:
        log = server.log.read_text()[-4000:] if server.log.exists() else "(none; see what it wrote to stderr)"
        raise AssertionError(f"Dovecot opens no mailbox. The end of its log:\n{log}") from error


def _config(folder: Path, server: ImapServer) -> str:
    """Mails belong to whoever runs this; root may not have any, so that they are nobody's then."""
    user = "nobody" if os.geteuid() == 0 else getpass.getuser()
    found = pwd.getpwnam(user)
    (folder / "mail").mkdir()
    if os.geteuid() == 0:
        os.chown(folder / "mail", found.pw_uid, found.pw_gid)
        folder.chmod(0o755)
    return CONFIG.format(
        folder=folder, user=user, group=grp.getgrgid(found.pw_gid).gr_name, uid=found.pw_uid, gid=found.pw_gid,
        password=PASSWORD, port=server.port, tls_port=server.tls_port,
    )  # fmt: skip


def _opens(server: ImapServer) -> bool:
    """Whether a user gets at his mails: logging in alone touches no file of his."""
    try:
        with imaplib.IMAP4("127.0.0.1", server.port, 10) as client:
            client.login("probe@example.com", PASSWORD)
            return client.select("INBOX")[0] == "OK"
    except (OSError, imaplib.IMAP4.error):
        time.sleep(0.05)
        return False


def _write_certificate(folder: Path) -> None:
    """A certificate for "localhost" that nobody but the tests trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    assert ssl.create_default_context(cafile=str(folder / "certificate.pem"))
