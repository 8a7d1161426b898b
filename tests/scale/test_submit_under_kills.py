"""A submission survives the death of any process: a small run of ``chaos_submit`` (the full one has a command of its own)."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (
    *(sys.executable, "-m", "tests.scale.chaos_submit"),
    *("--submissions", "60", "--kills", "4", "--drain", "5"),
)
PATIENCE_SECONDS = 1200
"""Tables and packs are made first; a busy machine takes minutes for it."""


@pytest.mark.kills
def test_no_submission_is_lost_or_doubled_when_processes_are_killed() -> None:
    with subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            said, _nothing = running.communicate(timeout=PATIENCE_SECONDS)
        except BaseException:
            running.send_signal(signal.SIGINT)  # it stops its servers and removes its data
            running.communicate(timeout=60)
            raise
    assert running.returncode == 0, said
    assert "acknowledged 60, in the database 60: lost 0, doubled 0" in said
    assert all(f"'{kind}': 1" in said for kind in ("web", "backend", "worker", "postmaster")), said
