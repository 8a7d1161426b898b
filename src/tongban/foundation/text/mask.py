"""Hides the middle of personal data for lists, logs and public pages. Never raises; what is too short is hidden whole."""

from __future__ import annotations

STAR = "*"


def _middle(text: str, head: int, tail: int) -> str:
    """Keep so many characters at both ends; hide everything if fewer than two would be hidden."""
    text = text.strip()
    if len(text) < head + tail + 2:
        return STAR * len(text)
    return text[:head] + STAR * (len(text) - head - tail) + text[len(text) - tail :]


def citizen_number(text: str) -> str:
    """Keep the province and county's first digit and the last two characters: ``420***************1X``."""
    return _middle(text, 3, 2)


def phone(text: str) -> str:
    """Keep the first three and the last four digits: ``138****5678``."""
    return _middle(text, 3, 4)


def name(text: str) -> str:
    """Keep a person's first character: ``张**``; a single character stays."""
    text = text.strip()
    return text[:1] + STAR * (len(text) - 1)


def credit_code(text: str) -> str:
    """Keep the first four and last four characters (for individual businesses, whose code stands for a person)."""
    return _middle(text, 4, 4)


def bank_account(text: str) -> str:
    """Keep the last four digits."""
    return _middle(text, 0, 4)


def email(text: str) -> str:
    """Keep the first character and the domain: ``z***@example.org``."""
    local, at, domain = text.strip().partition("@")
    return f"{local[:1]}{STAR * 3}{at}{domain}" if at and local else STAR * len(text.strip())


def address(text: str) -> str:
    """Keep the first six characters (province and city), hide the rest."""
    text = text.strip()
    return text[:6] + STAR * max(len(text) - 6, 0) if len(text) > 6 else STAR * len(text)
