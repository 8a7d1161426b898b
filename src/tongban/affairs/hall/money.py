"""Amounts: kept in fen, shown and entered in yuan. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

MOST = 10_000_000_00
"""More than this (ten million yuan, in fen) is taken for a slip of the pen."""


def yuan(fen: int) -> str:
    """Return an amount in yuan with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen_of(text: str) -> int | None:
    """Return what was entered in yuan as fen, or None if it is no amount of money."""
    try:
        amount = Decimal(text.strip().replace(",", "").replace("，", "")) * 100
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount != amount.to_integral_value() or not 0 < amount <= MOST:
        return None
    return int(amount)
