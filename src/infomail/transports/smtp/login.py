"""Logging in: PLAIN, LOGIN, CRAM-MD5 and XOAUTH2 (RFC 4954, 4616, 2195; Google's XOAUTH2).

Passwords go to a server only under TLS, or when it is on this machine. A login that is refused is
the account's fault and lasting; one that cannot be judged now (4xx) is not.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
import shlex
import subprocess
from typing import Literal

from infomail.model.delivery import Phase
from infomail.transports.smtp.account import SmtpAccount
from infomail.transports.smtp.dialogue import Dialogue
from infomail.transports.smtp.reply import NEVER, Heard

Mechanism = Literal["plain", "login", "cram-md5", "xoauth2"]
_TOKEN_SECONDS = 60
_LOGGED_IN = 235
_GO_ON = 334
_PROTECTED: tuple[Mechanism, ...] = ("plain", "login", "cram-md5")
_IN_CLEAR: tuple[Mechanism, ...] = ("cram-md5", "plain", "login")  # a password on no wire


def log_in(dialogue: Dialogue, account: SmtpAccount) -> None:
    """Log in if the account has a user name.

    Raises:
        TransportDown: the login failed or would have shown the password to others.
    """
    if account.settings.username is None:
        return
    dialogue.phase = Phase.AUTH
    if not (dialogue.line.encrypted or is_loopback(dialogue.line.peer)):
        cause = "the connection is not encrypted, so the password was not sent"
        dialogue.down(cause, "set smtp.security to require or tls", lasting=True)
    heard = _converse(dialogue, account, _mechanism(dialogue, account))
    if heard.code != _LOGGED_IN:
        lasting = heard.kind == NEVER
        remedy = (
            "check smtp.username and INFOMAIL_SMTP__PASSWORD" if lasting else "it is tried again"
        )
        dialogue.down("the login was refused", remedy, lasting=lasting)


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _mechanism(dialogue: Dialogue, account: SmtpAccount) -> Mechanism:
    offered = set(dialogue.esmtp_features.get("auth", "").lower().split())
    login, has_token = account.settings.login, account.settings.token_command is not None
    wanted: tuple[Mechanism, ...]
    if login == "auto":
        by_password = _PROTECTED if dialogue.line.encrypted else _IN_CLEAR
        wanted = ("xoauth2",) if has_token else by_password
    else:
        wanted = (login,)
    found = next((mechanism for mechanism in wanted if mechanism in offered), None)
    if found is None:
        known = ", ".join(sorted(offered)) or "none"
        cause = f"the server offers no way to log in that was asked for (it offers: {known})"
        dialogue.down(cause, "set smtp.login, or remove smtp.username", lasting=True)
    return found


def _converse(dialogue: Dialogue, account: SmtpAccount, mechanism: Mechanism) -> Heard:
    user, password = account.settings.username or "", account.password
    match mechanism:
        case "plain":
            return dialogue.ask("AUTH", "PLAIN " + _coded(f"\0{user}\0{password}"))
        case "login":
            return _challenged(dialogue, "LOGIN", (user, password))
        case "cram-md5":
            return _cram_md5(dialogue, user, password)
        case "xoauth2":
            bearer = f"user={user}\1auth=Bearer {_token(dialogue, account)}\1\1"
            heard = dialogue.ask("AUTH", f"XOAUTH2 {_coded(bearer)}")
            return dialogue.ask("") if heard.code == _GO_ON else heard  # it says why before 535


def _challenged(dialogue: Dialogue, mechanism: str, answers: tuple[str, ...]) -> Heard:
    heard = dialogue.ask("AUTH", mechanism)
    for answer in answers:
        if heard.code != _GO_ON:
            break
        heard = dialogue.ask(_coded(answer))
    return heard


def _cram_md5(dialogue: Dialogue, user: str, password: str) -> Heard:
    heard = dialogue.ask("AUTH", "CRAM-MD5")
    if heard.code != _GO_ON:
        return heard
    try:
        challenge = base64.b64decode(heard.lines[0], validate=True)
    except binascii.Error:
        dialogue.down("the server sent a challenge that is no base64")
    digest = hmac.new(password.encode(), challenge, "md5").hexdigest()  # RFC 2195 knows no other
    return dialogue.ask(_coded(f"{user} {digest}"))


def _token(dialogue: Dialogue, account: SmtpAccount) -> str:
    command = account.settings.token_command
    if command is None:
        return account.password
    remedy = "run smtp.token_command by hand"
    try:
        done = subprocess.run(  # noqa: S603  # the operator's own program, without a shell
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TOKEN_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        dialogue.down(f"the command for a token took over {_TOKEN_SECONDS} seconds", remedy)
    except (OSError, ValueError, subprocess.CalledProcessError):
        dialogue.down("the command for a token failed", remedy, lasting=True)
    token = done.stdout.decode("ascii", "replace").strip()
    if not token.isprintable() or not token or " " in token:
        dialogue.down("the command for a token printed none", remedy, lasting=True)
    return token


def _coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
