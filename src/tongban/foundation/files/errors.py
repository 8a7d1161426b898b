"""Why an upload was refused, said to the person who uploaded."""

from __future__ import annotations


class UploadRejected(Exception):  # noqa: N818
    """The file is not accepted; ``message`` is a translated sentence that names the remedy."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the reason code and the sentence."""
        self.code = code
        self.message = message
        super().__init__(message)


class FileMissingError(Exception):
    """The register knows the file, but its bytes are gone or altered; restore them from the back-up."""


class NotReadyError(Exception):
    """The file waits for its malware scan, or the scan found something; ``message`` says which."""

    def __init__(self, message: str) -> None:
        """Keep the sentence."""
        self.message = message
        super().__init__(message)
