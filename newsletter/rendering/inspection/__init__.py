"""Finds faults of a mail without any other tool; for `preview` and for the tests."""

from newsletter.finding import Finding, Severity
from newsletter.rendering.inspection import parts, wire
from newsletter.rendering.message import Message


def inspect(mail: Message) -> list[Finding]:
    """Every fault of a finished mail, gravest first; none is a good mail."""
    raw, html, text = mail.as_bytes(), mail.html, mail.text
    findings = [
        *(Finding("MIME", Severity.TROUBLE, fault) for fault in wire.find_wire_faults(raw)),
        *parts.weight(html, raw),
        *parts.links(html),
        *parts.markup(html),
        *parts.agreement(html, text),
        *parts.columns(text),
        *parts.tex(text),
    ]
    return sorted(findings, key=lambda finding: finding.level is not Severity.TROUBLE)
