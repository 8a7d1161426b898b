"""Addresses of sign-in and accounts. The names are those django-allauth looks up; pages not listed do not exist."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as key
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import URLPattern, URLResolver, path

from tongban.foundation.accounts import views as own
from tongban.foundation.organizations.guards import public, signed_in
from tongban.foundation.ui.views import posting
from tongban.interfaces.portal import account_recovery as recovery
from tongban.interfaces.portal import account_views as pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.profile, name="account_profile"),
    path("contact/", pages.contact, name="account_contact"),
    path("history/", pages.history, name="account_history"),
    path("export/", pages.export, name="account_export"),
    path("sessions/end/", pages.end_sessions, name="account_end_sessions"),
    path("delegations/", pages.delegations, name="account_delegations"),
    path("delegations/<int:pk>/end/", pages.end_delegation, name="account_end_delegation"),
    path("posting/", posting, name="account_posting"),
    path("principal/", pages.principal, name="account_principal"),
    path("login/", public(own.SignInView.as_view()), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("signup/", pages.signup, name="account_signup"),
    path("signup/person/", pages.signup_person, name="account_signup_person"),
    path("signup/firm/", pages.signup_firm, name="account_signup_firm"),
    path("reauthenticate/", signed_in(own.ReauthenticateView.as_view()), name="account_reauthenticate"),
    path("password/recover/", recovery.ask, name="account_recover"),
    path("password/recover/code/", recovery.answer, name="account_recover_code"),
    path("password/change/", signed_in(own.PasswordChangeView.as_view()), name="account_change_password"),
    path("password/set/", signed_in(own.PasswordSetView.as_view()), name="account_set_password"),
    path("2fa/", signed_in(own.FactorsView.as_view()), name="mfa_index"),
    path("2fa/authenticate/", public(own.CodeView.as_view()), name="mfa_authenticate"),
    path("2fa/reauthenticate/", signed_in(own.CodeAgainView.as_view()), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", signed_in(own.ActivateAppView.as_view()), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", signed_in(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", signed_in(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", signed_in(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", signed_in(key.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", signed_in(own.AddKeyView.as_view()), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", public(key.login_webauthn), name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", signed_in(key.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", signed_in(key.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", signed_in(own.EditKeyView.as_view()), name="mfa_edit_webauthn"),
    path("oidc/<slug:provider_id>/login/", public(oidc.login), name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", public(oidc.callback), name="openid_connect_callback"),
]
