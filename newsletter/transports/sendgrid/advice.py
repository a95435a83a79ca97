"""Advice for the operator where SendGrid refuses everybody, by its status and its words.

https://support.sendgrid.com/hc/en-us/articles/18322114821403-4XX-API-Errors-and-Troubleshooting-Suggestions
"""

import re

from newsletter.lazy_pattern import lazy_pattern

_PAYMENT, _TOO_MANY = 402, 429
_OF_ACCOUNT = (401, _PAYMENT, 403, 451)  # statuses under which SendGrid speaks of an account
_QUOTA = (
    "the account's quota is used up, or its plan has ended: look at its plan and billing at"
    " SendGrid; sending goes on by itself when there is room again"
)
# "Maximum credits exceeded" is a 401, "You have exceeded your messaging limits" a 403.
_SAYS_QUOTA = lazy_pattern(
    r"\bcredits?\b|\bquotas?\b|\ballowance\b|(?<!rate )(?<!rate-)(?<!request )(?<!requests )"
    r"\blimits?\b|\bbilling\b|\bpayments?\b|\bunpaid\b|\binvoices?\b|\btrial\b|\bupgrade\b",
    re.IGNORECASE,
)
_BY_WORDS = (
    (_SAYS_QUOTA, _QUOTA),
    (
        lazy_pattern(
            r"\baccount\b.{0,40}\b(?:disabled|locked|closed|frozen|restricted|terminated)\b"
            r"|\bsuspen|\bdeactivat|\bunder review\b|\bbanned\b|\bcompliance\b"
            r"|\buser is not authori[sz]ed to send",
            re.IGNORECASE,
        ),
        "SendGrid has shut the account: ask its support why",
    ),
    (
        lazy_pattern(r"\bip\b|\bwhite-?list|\ballow-?list", re.IGNORECASE),
        "let this machine in at SendGrid (Settings, IP Access Management)",
    ),
    (
        lazy_pattern(
            r"\bsenders?\b|\bverif|\bidentity\b|\bfrom (?:address|e-?mail)\b", re.IGNORECASE
        ),
        "have SendGrid verify the sender (Settings, Sender Authentication), or change site.sender",
    ),
)
_NO_SUCH_PLACE = "SendGrid takes no mails there: look at transport.base_url, and at any proxy"
_BY_STATUS = {
    400: "it objects to the mail itself: look at site.sender and at the newsletter's title,"
    " `newsletter send-test` tries one; else ask SendGrid's support",
    401: "the key is refused: look at transport.api_key",
    _PAYMENT: _QUOTA,
    403: "look at the rights of transport.api_key (Mail Send), and whether SendGrid has verified"
    " the sender",
    **dict.fromkeys((404, 405, 406, 410, 415), _NO_SUCH_PLACE),
}
_ELSE = "ask SendGrid's support why"


def advice_of_account(status: int, words: str) -> str | None:
    """Advice where the words are plainly about the account, and so about every reader."""
    if status == _TOO_MANY:
        return _QUOTA if _SAYS_QUOTA.search(words) else None
    if status not in _OF_ACCOUNT:
        return None
    return next((advice for says, advice in _BY_WORDS if says.search(words)), None)


def advice(status: int, words: str) -> str:
    """The same, else what the status tells."""
    return advice_of_account(status, words) or _BY_STATUS.get(status, _ELSE)
