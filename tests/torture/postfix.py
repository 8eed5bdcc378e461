"""A real Postfix of the test's own: the judge of what became of letters in doubt.

It listens on loopback only, takes letters to anybody, puts them all into one Maildir, and can reach
nobody else: it has no client to send with. It runs in a process namespace of its own and dies as a
whole, even with a test run that is killed. It needs root and Debian's postfix; without them it is
skipped by name.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

DAEMONS = Path("/usr/lib/postfix/sbin")
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.02
_NEEDED = ("postfix", "unshare", "setpriv")
_TIED = ("setpriv", "--pdeathsig", "KILL")
# Master changes its user for a moment, by which the kernel forgets that it is to die with its
# parent (prctl(2), PR_SET_PDEATHSIG). A shell that stays the namespace's first process does not.
_FIRST = 'postfix -c "$1" start-fg; exit $?'
_NAMESPACE = ("unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc")

_NOBODY = 65534

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = postfix.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = static:all
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
smtpd_peername_lookup = no
smtpd_forbid_bare_newline = yes
strict_rfc821_envelopes = yes
strict_7bit_headers = yes
in_flow_delay = 0
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
showq unix n - n - - showq
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix.

    Attributes:
        host: address at which it listens.
        port: at which it listens.
        log: its log file.
        folder: holds its queue, its log and its Maildir.
    """

    host: str
    port: int
    log: Path
    folder: Path
    process: subprocess.Popen[bytes]
    _read: dict[Path, str] = field(default_factory=dict)

    def delivered(self) -> Counter[str]:
        """Count the letters in the Maildir by return path, once its queue is empty."""
        self.until(lambda: not self.queued(), "its queue is not empty")
        for file in (self.folder / "mail" / "all" / "new").glob("*"):
            if file not in self._read:
                self._read[file] = _return_path(file)
        return Counter(self._read.values())

    def queued(self) -> list[str]:
        """List the letters that it took and did not deliver yet."""
        queues = (self.folder / "queue" / name for name in ("incoming", "active", "deferred"))
        return [file.name for queue in queues for file in queue.rglob("*") if file.is_file()]

    def until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Wait until something holds; waiting ends at once if Postfix does."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            with contextlib.suppress(subprocess.TimeoutExpired):
                ended = self.process.wait(PAUSE_SECONDS)
                pytest.fail(f"Postfix ended with {ended}: {self._last_words()}")
            if time.monotonic() > deadline:
                pytest.fail(f"Postfix: {otherwise}: {self._last_words()}")

    def _last_words(self) -> str:
        return self.log.read_text("utf-8", "replace")[-2000:] if self.log.exists() else "no log"

    def listens(self) -> bool:
        """Tell whether it greets."""
        try:
            with socket.create_connection((self.host, self.port), PATIENCE_SECONDS) as client:
                return client.recv(3) == b"220"
        except OSError:
            return False


@contextmanager
def postfix(*parameters: str) -> Iterator[Postfix]:
    """Start a Postfix, wait until it greets, and end it with all that belongs to it.

    Args:
        parameters: more lines for its main.cf.
    """
    _skip_unless_possible()
    # Its daemons run as other users, who may not look into a folder of pytest's.
    with tempfile.TemporaryDirectory(prefix="postfix-", ignore_cleanup_errors=True) as name:
        server = _start(Path(name), _free_port(), parameters)
        try:
            server.until(server.listens, "it does not listen")
            yield server
        finally:
            server.process.kill()
            server.process.wait(PATIENCE_SECONDS)


def _start(folder: Path, port: int, parameters: Sequence[str]) -> Postfix:
    folder.chmod(0o755)
    owners = {"conf": 0, "queue": 0, "log": 0, "data": _uid("postfix"), "mail": _NOBODY}
    for name, owner in owners.items():
        (folder / name).mkdir()
        os.chown(folder / name, owner, -1)
    main = _MAIN.format(folder=folder, daemons=DAEMONS, nobody=_NOBODY)
    (folder / "conf" / "main.cf").write_text("\n".join((main, *parameters, "")))
    (folder / "conf" / "master.cf").write_text(_MASTER.format(port=port))
    process = subprocess.Popen(  # noqa: S603
        (*_TIED, *_NAMESPACE, "sh", "-c", _FIRST, "sh", folder / "conf"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return Postfix("127.0.0.1", port, folder / "log" / "mail.log", folder, process)


def _skip_unless_possible() -> None:
    if os.geteuid() != 0:
        pytest.skip("a private Postfix needs root")
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing or not DAEMONS.is_dir():
        pytest.skip(
            f"{', '.join(missing) or DAEMONS} is missing — apt-get install postfix util-linux"
        )
    tried = subprocess.run((*_NAMESPACE, "true"), capture_output=True, check=False)  # noqa: S603
    if tried.returncode:
        pytest.skip(
            "a private Postfix needs a process namespace of its own, which is forbidden here"
        )


def _uid(name: str) -> int:
    return pwd.getpwnam(name).pw_uid


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _return_path(path: Path) -> str:
    """Read the sender that the first line of a delivered letter names."""
    with path.open(encoding="ascii", errors="replace") as file:
        return file.readline().removeprefix("Return-Path: <").removesuffix(">\n")
