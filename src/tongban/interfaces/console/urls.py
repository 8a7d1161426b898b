"""Addresses of the console."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tongban.interfaces.console.views import accounts, audit, calendars, home, postings, system

app_name = "console"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new/", accounts.new, name="account_new"),
    path("accounts/<int:pk>/", accounts.detail, name="account"),
    path("accounts/<int:pk>/disable/", accounts.disable, name="account_disable"),
    path("accounts/<int:pk>/enable/", accounts.enable, name="account_enable"),
    path("accounts/<int:pk>/reset/", accounts.reset, name="account_reset"),
    path("identities/", accounts.identities, name="identities"),
    path("calendars/", calendars.listing, name="calendars"),
    path("calendars/new/", calendars.new, name="calendar_new"),
    path("calendars/<int:year>/", calendars.year, name="calendar_year"),
    path("calendars/proposals/<int:pk>/", calendars.proposal, name="calendar_proposal"),
    path("calendars/proposals/<int:pk>/confirm/", calendars.confirm, name="calendar_confirm"),
    path("calendars/proposals/<int:pk>/decline/", calendars.decline, name="calendar_decline"),
    path("connectors/", system.connectors, name="connectors"),
    path("postings/", postings.listing, name="postings"),
    path("postings/new/", postings.new, name="posting_new"),
    path("postings/<int:pk>/end/", postings.end, name="posting_end"),
    path("proposals/", postings.proposed, name="proposals"),
    path("proposals/<int:pk>/confirm/", postings.confirm, name="posting_confirm"),
    path("proposals/<int:pk>/decline/", postings.decline, name="posting_decline"),
    path("locks/", postings.locks, name="locks"),
    path("roles/", postings.roles, name="roles"),
    path("audit/", audit.listing, name="audit"),
    path("audit/refusals/", audit.refusals, name="refusals"),
    path("audit/verify/", audit.verification, name="verify"),
]
