"""The commands of ``tb.py`` that need the project's environment."""

from __future__ import annotations

import sys

from tongban.interfaces.console.running.progress import Failure, say


def main(arguments: list[str]) -> int:
    """Carry out one command; a failure is told in plain words with exit code 1."""
    from tongban.interfaces.console.running import commands

    try:
        return commands.COMMANDS[arguments[0]](arguments[1:])
    except Failure as wrong:
        say(f"\ntb.py: {wrong}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
