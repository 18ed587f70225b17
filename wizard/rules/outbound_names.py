"""Data: words in variables' names that say "this reaches somebody outside".

Names of well-known vendors and of what is sent. A person decides; this only makes the proposal.
"""

_ENDS = r"(?:_|$|[0-9])"
_STARTS = r"(?:^|_)"
_ACCESS = r"(?:KEY|TOKEN|PASSWORD|PASS|SECRET|USERNAME|USER|URL|URI|HOST|SERVER|DSN|OPTIONS)"

MESSAGES = "sends messages"

OUTBOUND_NAMES: tuple[tuple[str, str], ...] = (
    (
        rf"{_STARTS}(?:SMTP|SENDGRID|MAILGUN|POSTMARK|MANDRILL|SPARKPOST|MAILJET|MAILCHIMP|RESEND"
        rf"|CUSTOMERIO|BREVO|SENDINBLUE){_ENDS}",
        "sends mail",
    ),
    (rf"{_STARTS}E?MAIL(?:ER)?_(?:[A-Z0-9]+_)*{_ACCESS}{_ENDS}", "sends mail"),
    (
        rf"{_STARTS}(?:STRIPE|BRAINTREE|PAYPAL|ADYEN|RECURLY|CHARGEBEE|PLAID|GOCARDLESS|PADDLE"
        rf"|MOLLIE|SQUAREUP|PAYMENT|PAYMENTS|BILLING){_ENDS}",
        "moves money",
    ),
    (
        rf"{_STARTS}(?:TWILIO|NEXMO|VONAGE|MESSAGEBIRD|PLIVO|SINCH|TELNYX|SMS|FAX|PHAXIO|ONESIGNAL"
        rf"|FCM|APNS|SLACK|TELEGRAM|PAGERDUTY){_ENDS}",
        MESSAGES,
    ),
    (
        rf"{_STARTS}(?:PARTNER|WEBHOOK|WEBHOOKS|REDOX|FHIR|HL7|EPIC|CERNER|SURESCRIPTS"
        rf"|CLEARINGHOUSE|SALESFORCE|HUBSPOT|ZENDESK|INTERCOM|DOCUSIGN|HELLOSIGN){_ENDS}",
        "reaches a partner",
    ),
)
"""Pattern in the upper-case name, and what it does."""

HARMLESS = (
    rf"{_STARTS}(?:PUBLISHABLE|PUBLIC|ENABLED|DISABLED|TIMEOUT|GREETING|FROM){_ENDS}"
    r"|MAIL_(?:[A-Z0-9]+_)*(?:PORT|TLS|SSL|STARTTLS|STARTTLS_AUTO|VERIFY_MODE|REPLY_TO|DOMAIN)$"
    r"|SMTP_(?:[A-Z0-9]+_)*(?:PORT|TLS|SSL|STARTTLS|STARTTLS_AUTO|VERIFY_MODE|REPLY_TO|DOMAIN)$"
)
"""A name with one of these gives nobody the power to send: so how mail goes, without where to."""

SAYS_NO = frozenset(
    {"0", "false", "no", "off", "none", "null", "disabled", "localhost", "127.0.0.1"}
)
"""Values that reach nobody, whatever the name says."""

SIGN_IN = (
    rf"{_STARTS}CLIENT_(?:ID|SECRET)$",
    rf"{_STARTS}(?:OIDC|OPENID|SAML|SSO)_(?:[A-Z0-9]+_)*CLIENT_(?:ID|SECRET)$",
)
"""An OAuth client: by the vendor of a messenger people sign in with it, a message wants a token;
by any vendor where the name says that it signs in. Payment and partners are asked with it too."""
