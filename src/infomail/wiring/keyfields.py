"""Header fields by which whoever carries a letter is told its key, and gives it back in reports.

Providers that report over HTTP do not all repeat a letter's Message-ID; each has a field of its own
for what a sender wants back, and takes it out of the letter. A relay's idempotency header works the
same way. None of these fields is signed.
"""

from __future__ import annotations

from infomail.bounces.hooks.fields import KEY_NAME
from infomail.model.newsletter import Newsletter

_KEY = "{key}"
_BY_PROVIDER = {
    # https://docs.aws.amazon.com/ses/latest/dg/event-publishing-send-email.html
    "ses": f"X-SES-MESSAGE-TAGS: {KEY_NAME}={_KEY}",
    # https://postmarkapp.com/support/article/1125-custom-metadata-faq
    "postmark": f"X-PM-Metadata-{KEY_NAME}: {_KEY}",
    # https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-smtp
    "mailgun": f'X-Mailgun-Variables: {{"{KEY_NAME}": "{_KEY}"}}',
    # https://developers.brevo.com/docs/smtp-integration
    "brevo": f"X-Mailin-custom: {_KEY}",
}


def key_fields(newsletter: Newsletter) -> str:
    """Give the fields that a newsletter's letters need, the key left open; mostly none.

    Args:
        newsletter: with its resolver and its webhooks.
    """
    resolver = newsletter.sending.resolver
    own = f"{resolver.header}: {_KEY}" if resolver.kind == "idempotency" else ""
    named = (_BY_PROVIDER[name] for name in newsletter.web.webhooks)
    return "".join(f"{line}\r\n" for line in dict.fromkeys((own, *named)) if line)


def with_key(fields: str, key: str) -> bytes:
    """Write the fields for one letter.

    Args:
        fields: as `key_fields` gives them.
        key: of the delivery.
    """
    return fields.replace(_KEY, key).encode()
