"""How people sign in: settings of django-allauth and of the accounts slice."""

from __future__ import annotations

from typing import Any

from tongban.settings.options import Options


def configure(options: Options) -> dict[str, Any]:
    """Return the settings that :mod:`tongban.settings` takes over."""
    production = options.mode == "production"
    return {
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/hall/",
        "LOGOUT_REDIRECT_URL": "/",
        "REAL_NAME_SERVICE": options.real_name_service or ("none" if production else "demonstration"),
        "STAFF_SECOND_FACTOR": (options.staff_second_factor or ("required" if production else "optional"))
        == "required",
        "STAFF_PASSWORD_DAYS": options.staff_password_days,
        "STAFF_UNUSED_DAYS": options.staff_unused_days if production else 0,
        "ACCOUNT_ADAPTER": "tongban.foundation.accounts.adapters.AccountAdapter",
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": "username",
        "ACCOUNT_USER_MODEL_EMAIL_FIELD": "email",
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*", "password2*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_EMAIL_NOTIFICATIONS": False,
        "ACCOUNT_UNIQUE_EMAIL": False,
        "ACCOUNT_PRESERVE_USERNAME_CASING": False,
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_LOGOUT_ON_GET": False,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 300,
        # Failures with names and addresses are counted in tables of the accounts slice. What remains here limits the
        # tries of one-time codes (the key is the account).
        "ACCOUNT_RATE_LIMITS": {
            "login": None,
            "signup": "20/m/ip",
            "login_failed": "5/15m/key",
            "reauthenticate": "10/m/user",
            "change_password": "5/m/user",
        },
        "ACCOUNT_FORMS": {
            "login": "tongban.foundation.accounts.forms.SignInForm",
            "change_password": "tongban.foundation.accounts.forms.PasswordForm",
            "reauthenticate": "tongban.foundation.accounts.forms.AgainForm",
        },
        "MFA_ADAPTER": "tongban.foundation.accounts.adapters.SecondFactorAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_TOTP_ISSUER": "Tongban",
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not production,
        "MFA_FORMS": {
            "authenticate": "tongban.foundation.accounts.forms.CodeForm",
            "reauthenticate": "tongban.foundation.accounts.forms.CodeAgainForm",
            "activate_totp": "tongban.foundation.accounts.forms.AppForm",
            "add_webauthn": "tongban.foundation.accounts.forms.KeyForm",
        },
        "SOCIALACCOUNT_ADAPTER": "tongban.foundation.accounts.identity_provider.IdentityProviderAdapter",
        "SOCIALACCOUNT_AUTO_SIGNUP": True,
        "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
        "SOCIALACCOUNT_LOGIN_ON_GET": False,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": _apps(options)}},
        "IDENTITY_CLAIMS": _claims(options.oidc_claims),
    }


def _apps(options: Options) -> list[dict[str, Any]]:
    if not options.oidc_server:
        return []
    return [
        {
            "provider_id": "national",
            "name": options.oidc_title,
            "client_id": options.oidc_client_id,
            "secret": options.oidc_client_secret,
            "settings": {"server_url": options.oidc_server, "oauth_pkce_enabled": True},
        }
    ]


def _claims(text: str) -> dict[str, str]:
    """Read ``name=name,number=id_number`` into a map from our names to the provider's."""
    pairs = (item.split("=", 1) for item in text.split(",") if "=" in item)
    return {ours.strip(): theirs.strip() for ours, theirs in pairs}
