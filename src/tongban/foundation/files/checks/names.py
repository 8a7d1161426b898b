"""Makes a file name safe to store, to show and to save on any desk."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME_BYTES = 200
UNNAMED = "未命名文件"
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_ILLEGAL = re.compile(r'[<>:"|?*]')


def extension(name: str) -> str:
    """Return the last extension in lower case without its dot, or nothing."""
    last = _last_part(name)
    stem, dot, tail = last.rpartition(".")
    return tail.strip().lower() if dot and stem else ""


def safe_name(name: str, *, extension: str) -> str:
    """Return a name of at most ``MAX_NAME_BYTES`` bytes that ends with the true extension.

    Path parts, control characters, direction marks, characters that no desk accepts, and device names are removed.
    """
    last = _last_part(name)
    stem, dot, _tail = last.rpartition(".")
    visible = "".join(char for char in unicodedata.normalize("NFC", stem if dot else last) if _is_visible(char))
    cleaned = re.sub(r"\s+", " ", _ILLEGAL.sub("_", visible)).strip(" .")
    if _RESERVED.match(cleaned):
        cleaned = f"_{cleaned}"
    room = MAX_NAME_BYTES - len(extension.encode()) - 1
    cut = cleaned.encode()[:room].decode(errors="ignore").strip(" .")
    return f"{cut or UNNAMED}.{extension}"


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def _is_visible(char: str) -> bool:
    """Tell whether a character may stand in a name: no controls, no direction or zero-width marks, no half pairs."""
    return char == " " or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
