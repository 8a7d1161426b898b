"""What a password must be, beyond Django's own validators."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongban.foundation.accounts.rules import character_classes


class VarietyValidator:
    """Ask for kinds of characters (GB/T 22239-2019, 8.1.4.1 a: complexity)."""

    def __init__(self, kinds: int = 3) -> None:
        """Keep how many of the four kinds are asked for."""
        self.kinds = kinds

    def validate(self, password: str, user: object = None) -> None:
        """Refuse a password of too few kinds.

        :raises ValidationError: with the remedy
        """
        if character_classes(password) < self.kinds:
            raise ValidationError(self.get_help_text(), code="password_too_uniform")

    def get_help_text(self) -> str:
        """Say what is asked for."""
        return _("密码须含大写字母、小写字母、数字、符号中的至少 %(n)d 种。") % {"n": self.kinds}
