"""Changes of licenses: issue, suspend, resume, revoke, cancel, expire, renew."""

from tongban.engines.licenses.actions.changing import cancel, expire_due, renew_by_law, resume, revoke, suspend
from tongban.engines.licenses.actions.issuing import Holder, ensure_file, issue_license

__all__ = [
    "Holder",
    "cancel",
    "ensure_file",
    "expire_due",
    "issue_license",
    "renew_by_law",
    "resume",
    "revoke",
    "suspend",
]
