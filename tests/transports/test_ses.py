"""Letters over Amazon SES, against moto's and against answers as boto3 gives them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore import exceptions
from botocore.stub import Stubber
from moto import mock_aws

from infomail.errors import LetterInDoubt, SettingsError, TransportDown
from infomail.model.delivery import Accepted, Envelope, Phase, Refused
from infomail.model.sending import Ses
from infomail.transports.ses import SesTransport

FailWith = Callable[[Exception], list[Exception]]
SETTINGS = Ses(region="eu-central-1", configuration_set="newsletter")


@pytest.fixture(scope="module", autouse=True)
def _credentials() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


@pytest.fixture(scope="module")
def transport(_credentials: None) -> SesTransport:
    """A transport for many tests: making its client takes a third of a second."""
    return SesTransport(SETTINGS)


@pytest.fixture
def stub(transport: SesTransport) -> Iterator[Stubber]:
    """Scripted answers below boto3's own checks."""
    with Stubber(transport._client) as stub:
        yield stub


@pytest.fixture
def failing(transport: SesTransport) -> Iterator[FailWith]:
    """Lets each request fail in the network, and lists how often it did."""
    events, registered = transport._client.meta.events, []

    def fail_with(error: Exception) -> list[Exception]:
        failed: list[Exception] = []

        def fail(**_: object) -> None:
            failed.append(error)
            raise error

        events.register("before-send.sesv2.SendEmail", fail)
        registered.append(fail)
        return failed

    yield fail_with
    for fail in registered:
        events.unregister("before-send.sesv2.SendEmail", fail)


@mock_aws
def test_letter_is_accepted_by_ses(envelope: Envelope) -> None:
    """SES takes the very bytes and answers with a number."""
    boto3.client("sesv2", "eu-central-1").create_email_identity(EmailIdentity="news@example.org")
    transport = SesTransport(Ses(region="eu-central-1"))
    outcome = transport.send(envelope)
    transport.rest()
    transport.close()
    assert isinstance(outcome, Accepted)
    assert outcome.server == "ses.eu-central-1"
    assert outcome.reply.text.startswith("accepted as ")


def test_request_carries_letter_key_and_configuration(
    envelope: Envelope, transport: SesTransport, stub: Stubber
) -> None:
    """One recipient, the letter's bytes, its key as a tag, and the configuration set."""
    expected = {
        "Destination": {"ToAddresses": ["anna@example.com"]},
        "Content": {"Raw": {"Data": envelope.letter}},
        "EmailTags": [{"Name": "infomail-key", "Value": "a1b2"}],
        "ConfigurationSetName": "newsletter",
    }
    stub.add_response("send_email", {"MessageId": "0102"}, expected)
    assert isinstance(transport.send(envelope), Accepted)


@pytest.mark.parametrize(
    ("answer", "lasting"),
    [
        (("TooManyRequestsException", "Maximum sending rate exceeded.", 429), False),
        (("LimitExceededException", "Daily message quota exceeded.", 400), False),
        (("ThrottlingException", "Rate exceeded", 400), False),
        (("ServiceUnavailable", "Try later", 503), False),
        (("AccountSuspendedException", "Suspended", 400), True),
        (("SendingPausedException", "Paused", 400), True),
        (("MailFromDomainNotVerifiedException", "MX missing", 400), True),
        (("NotFoundException", "No configuration set", 404), True),
        (("UnrecognizedClientException", "The security token is invalid", 403), True),
        (("MessageRejected", "Email address is not verified: news@example.org", 400), True),
        (("SomethingNew", "What", 400), True),
    ],
)
def test_what_is_about_the_account_harms_nobody(
    answer: tuple[str, str, int],
    envelope: Envelope,
    transport: SesTransport,
    stub: Stubber,
    *,
    lasting: bool,
) -> None:
    """Quota, suspension, wrong keys and an unverified sender refuse no recipient."""
    stub.add_client_error("send_email", *answer)
    with pytest.raises(TransportDown) as down:
        transport.send(envelope)
    assert not isinstance(down.value, LetterInDoubt)
    assert down.value.lasting is lasting
    assert down.value.reply
    assert down.value.reply.code == (550 if lasting else 454)
    assert answer[1] in str(down.value)


@pytest.mark.parametrize(
    ("answer", "enhanced"),
    [
        (("MessageRejected", "Virus found", 400), "5.6.0"),
        (("BadRequestException", "Missing final '@domain'", 400), "5.6.0"),
        (("MessageRejected", "Email address is not verified: anna@example.com", 400), "5.7.1"),
    ],
)
def test_what_is_about_the_letter_refuses_it(
    answer: tuple[str, str, int],
    enhanced: str,
    transport: SesTransport,
    stub: Stubber,
    envelope: Envelope,
) -> None:
    """A letter that SES rejects for its own sake is refused."""
    stub.add_client_error("send_email", *answer)
    outcome = transport.send(envelope)
    assert isinstance(outcome, Refused)
    assert (outcome.phase, outcome.reply.enhanced) == (Phase.FINAL, enhanced)


def test_failure_inside_ses_leaves_doubt(
    envelope: Envelope, transport: SesTransport, stub: Stubber
) -> None:
    """A request that failed inside SES may have been accepted all the same."""
    stub.add_client_error("send_email", "InternalFailure", "Oops", 500)
    with pytest.raises(LetterInDoubt):
        transport.send(envelope)


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ReadTimeoutError(endpoint_url="x"),
        exceptions.ConnectionClosedError(endpoint_url="x"),
        exceptions.SSLError(endpoint_url="x", error="EOF"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_answer_leaves_doubt(
    error: Exception, transport: SesTransport, failing: FailWith, envelope: Envelope
) -> None:
    """A request that was made and had no answer may have been accepted."""
    failing(error)
    with pytest.raises(LetterInDoubt):
        transport.send(envelope)


@pytest.mark.parametrize(
    ("error", "lasting"),
    [
        (exceptions.ConnectTimeoutError(endpoint_url="x"), False),
        (exceptions.EndpointConnectionError(endpoint_url="x"), False),
        (exceptions.NoCredentialsError(), True),
        (exceptions.SSLError(endpoint_url="x", error="CERTIFICATE_VERIFY_FAILED"), True),
    ],
)
def test_request_that_was_not_made_leaves_none(
    error: Exception,
    transport: SesTransport,
    failing: FailWith,
    envelope: Envelope,
    *,
    lasting: bool,
) -> None:
    """Without a connection or keys nothing was asked of SES, so nothing was sent."""
    failing(error)
    with pytest.raises(TransportDown) as down:
        transport.send(envelope)
    assert type(down.value) is TransportDown
    assert down.value.lasting is lasting


def test_request_is_made_once(
    transport: SesTransport,
    failing: FailWith,
    envelope: Envelope,
) -> None:
    """boto3 does not repeat a request by itself: the first may have arrived."""
    failed = failing(exceptions.ReadTimeoutError(endpoint_url="x"))
    with pytest.raises(LetterInDoubt):
        transport.send(envelope)
    assert len(failed) == 1


def test_address_beyond_ascii_is_not_for_ses(transport: SesTransport, envelope: Envelope) -> None:
    """SES takes no SMTPUTF8, so nothing is asked."""
    beyond = envelope._replace(recipient="\u00fcber@example.com")
    outcome = transport.send(beyond)
    assert isinstance(outcome, Refused)
    assert outcome.reply.enhanced == "5.6.7"


def test_missing_boto3_is_told_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without boto3 the message says what to install."""
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    with pytest.raises(SettingsError, match=r"pip install 'infomail\[ses\]'"):
        SesTransport(SETTINGS)


def test_region_that_is_none() -> None:
    """A region that cannot be is told before anything is sent."""
    with pytest.raises(SettingsError, match=r"check ses\.region"):
        SesTransport(Ses(region="not a region!"))
