"""Letters over Amazon SES by its API (SESv2 SendEmail with a raw message).

boto3 is asked never to try again by itself: a request that may have arrived must not be made twice.
An answer about this letter is its outcome; one about the account, its quota or its keys is
TransportDown and harms nobody; no answer to a request that was made is LetterInDoubt. Each letter
carries its key as the tag `infomail-key`, which SES repeats in whatever it says of it later.
"""

from __future__ import annotations

import importlib
from typing import Any, NoReturn

from infomail.errors import LetterInDoubt, SettingsError, TransportDown
from infomail.model.delivery import Accepted, Envelope, Outcome, Phase, Refused, Reply
from infomail.model.sending import Ses

_CONNECT_SECONDS = 30
_READ_SECONDS = 120
_SERVER_FAULT = 500
# What SES says when it will take letters later; all else that is not listed lasts.
_LATER = frozenset(
    {
        "LimitExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_NEVER = frozenset({"BadRequestException", "MessageRejected"})
# botocore's exceptions that come before a request is made; after any other it may have arrived.
_UNREACHABLE = ("EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError")
_MISCONFIGURED = (
    "CredentialRetrievalError",
    "NoCredentialsError",
    "NoRegionError",
    "ParamValidationError",
    "PartialCredentialsError",
    "TokenRetrievalError",
    "UnknownEndpointError",
)


class SesTransport:
    """One client of Amazon SES; for one thread at a time."""

    def __init__(self, settings: Ses) -> None:
        """Prepare; nothing is asked before the first letter.

        Raises:
            SettingsError: boto3 is not installed, or the region cannot be used.
        """
        self._settings = settings
        self._server = f"ses.{settings.region}"
        try:
            self._exceptions = importlib.import_module("botocore.exceptions")
            self._client = _client(settings.region)
        except ModuleNotFoundError as error:
            message = "boto3 is not installed — run: pip install 'infomail[ses]'"
            raise SettingsError(message) from error
        except self._exceptions.BotoCoreError as error:
            message = f"SES cannot be used ({error}) — check ses.region"
            raise SettingsError(message) from error

    def send(self, envelope: Envelope) -> Outcome:
        """Hand one letter to SES.

        Raises:
            TransportDown: SES takes no letters now; this one was not sent.
            LetterInDoubt: the request was made and no answer came.
        """
        if envelope.needs_smtputf8:
            reply = Reply(550, "5.6.7", "SES takes no addresses beyond ASCII")
            return Refused(reply, self._server, Phase.RCPT)
        try:
            answer = self._client.send_email(**self._request(envelope))
        except self._exceptions.ClientError as error:
            return self._judged(error, envelope)
        except self._exceptions.BotoCoreError as error:
            self._raise_unanswered(error)
        reply = Reply(250, "2.0.0", f"accepted as {answer['MessageId']}")
        return Accepted(reply, self._server)

    def rest(self) -> None:
        """Keep the connections, which SES closes when it wants to."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _request(self, envelope: Envelope) -> dict[str, object]:
        request: dict[str, object] = {
            "Destination": {"ToAddresses": [envelope.recipient]},
            "Content": {"Raw": {"Data": envelope.letter}},
            "EmailTags": [{"Name": "infomail-key", "Value": envelope.key}],
        }
        if self._settings.configuration_set:
            request["ConfigurationSetName"] = self._settings.configuration_set
        return request

    def _judged(self, error: Any, envelope: Envelope) -> Refused:  # noqa: ANN401  # no stubs
        """Tell what is about this letter from what is about the account."""
        code = str(error.response.get("Error", {}).get("Code", ""))
        words = str(error.response.get("Error", {}).get("Message", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        text = f"{code}: {' '.join(words.split())}"[:500]
        if code in _LATER:
            self._raise_down(Reply(454, "4.7.0", text), "it is tried again", lasting=False)
        if status >= _SERVER_FAULT:
            self._raise_in_doubt(f"SES failed while it had a letter ({text})")
        is_senders = "not verified" in words and envelope.recipient not in words
        if code not in _NEVER or is_senders:
            remedy = "look at the account in the SES console"
            self._raise_down(Reply(550, "5.7.1", text), remedy, lasting=True)
        enhanced = "5.7.1" if "not verified" in words else "5.6.0"
        return Refused(Reply(554, enhanced, text), self._server, Phase.FINAL)

    def _raise_unanswered(self, error: Exception) -> NoReturn:
        name = type(error).__name__
        if name in _UNREACHABLE:
            message = f"SES cannot be reached ({error}) — check the network and ses.region"
            raise TransportDown(message, Phase.CONNECT) from error
        if name in _MISCONFIGURED or "CERTIFICATE_VERIFY_FAILED" in str(error):
            message = f"SES cannot be used ({error}) — check the AWS credentials of this machine"
            raise TransportDown(message, Phase.AUTH, lasting=True) from error
        self._raise_in_doubt(f"SES did not answer ({name})")

    def _raise_down(self, reply: Reply, remedy: str, *, lasting: bool) -> NoReturn:
        message = f"SES takes no letters now ({reply.text}) — {remedy}"
        raise TransportDown(message, Phase.MAIL, reply, lasting=lasting)

    def _raise_in_doubt(self, cause: str) -> NoReturn:
        message = f"{cause} — look for the tag infomail-key in the SES events"
        raise LetterInDoubt(message, Phase.FINAL)


def _client(region: str) -> Any:  # noqa: ANN401  # boto3 ships no types
    """Make a client of its own session: boto3's default session is not for many threads."""
    session = importlib.import_module("boto3.session").Session()
    config = importlib.import_module("botocore.config").Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
    )
    return session.client("sesv2", region_name=region, config=config)
