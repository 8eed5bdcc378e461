"""A real IMAP server of the test's own: Dovecot, on loopback, with one Maildir for each user.

It needs root and Debian's dovecot-imapd; without them it is skipped by name. It runs in a process
namespace of its own and dies as a whole.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

PASSWORD = "canary-7"  # noqa: S105  # of a server that lives for a test
PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02
_NEEDED = ("dovecot", "unshare", "setpriv")
_TIED = ("setpriv", "--pdeathsig", "KILL")
_NAMESPACE = ("unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc")
_NOBODY = 65534
_CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/log
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
first_valid_uid = 1000
first_valid_gid = 1000
mail_location = maildir:~/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={folder}/home/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running Dovecot.

    Attributes:
        plain_port: where it speaks in clear, and STARTTLS.
        tls_port: where it speaks TLS from the beginning.
        folder: holds its log and the users' Maildirs.
    """

    plain_port: int
    tls_port: int
    folder: Path

    def put(self, user: str, *letters: bytes) -> None:
        """Lay new mails into a user's mailbox."""
        new = self._mail(user, "new")
        for letter in letters:
            path = new / f"{time.time_ns()}.{len(list(new.iterdir()))}.test"
            path.write_bytes(letter)
            os.chown(path, _NOBODY, _NOBODY)

    def seen(self, user: str) -> int:
        """Count a user's mails that are marked as seen."""
        marked = (path.name.rpartition(":2,")[2] for path in self._mail(user, "cur").iterdir())
        return sum("S" in flags for flags in marked)

    def _mail(self, user: str, place: str) -> Path:
        home = self.folder / "home" / user
        for name in ("", "mail", "mail/new", "mail/cur", "mail/tmp"):
            (home / name).mkdir(parents=True, exist_ok=True)
            os.chown(home / name, _NOBODY, _NOBODY)
        return home / "mail" / place


@contextmanager
def dovecot(certificate: trustme.LeafCert) -> Iterator[Dovecot]:
    """Start a Dovecot, wait until it greets, and end it with all that belongs to it."""
    _skip_unless_possible()
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as name:
        server = _configured(Path(name), certificate)
        process = subprocess.Popen(  # noqa: S603
            (*_TIED, *_NAMESPACE, "sh", "-c", 'dovecot -F -c "$1"; exit $?', "sh", f"{name}/conf"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_it_greets(server, process)
            yield server
        finally:
            process.kill()
            process.wait(PATIENCE_SECONDS)


def _configured(folder: Path, certificate: trustme.LeafCert) -> Dovecot:
    folder.chmod(0o755)
    (folder / "home").mkdir()
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    server = Dovecot(_free_port(), _free_port(), folder)
    words = {"password": PASSWORD, "plain": server.plain_port, "tls": server.tls_port}
    (folder / "conf").write_text(_CONF.format(folder=folder, nobody=_NOBODY, **words))
    return server


def _wait_until_it_greets(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _greets(server.plain_port):
        if process.poll() is not None or time.monotonic() > deadline:
            log = server.folder / "log"
            pytest.fail(f"Dovecot does not listen: {log.read_text() if log.exists() else 'no log'}")
        _pause(process)


def _pause(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_PAUSE_SECONDS)
    except subprocess.TimeoutExpired:
        return


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as client:
            return client.recv(4) == b"* OK"
    except OSError:
        return False


def _skip_unless_possible() -> None:
    if os.geteuid() != 0:
        pytest.skip("a private Dovecot needs root")
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is missing — apt-get install dovecot-imapd util-linux")
    tried = subprocess.run((*_NAMESPACE, "true"), capture_output=True, check=False)  # noqa: S603
    if tried.returncode:
        pytest.skip("a private Dovecot needs a process namespace, which is forbidden here")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
