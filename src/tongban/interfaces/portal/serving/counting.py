"""Counts views and searches in memory and hands the sums over in the background, so that nobody who reads waits for counting.

No cookie, no address, nothing of the reader is kept: only which page, which day, and whether a robot asked.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from functools import lru_cache
from multiprocessing import util

from django.db import Error, connection, transaction

from tongban.engines.catalog.actions import remember_searches
from tongban.engines.publishing.actions.visits import VisitKey, add_visits
from tongban.foundation.clock.now import now, today
from tongban.interfaces.portal.serving.store import Visit

SECONDS = 5.0
MOST_KEYS = 5000
_ROBOT = re.compile(
    r"bot|crawl|spider|slurp|scan|monitor|preview|headless|curl|wget|python|java/|go-http|okhttp|libwww|feed|wrk|hey/"
    r"|lighthouse|archiver|fetch",
    re.IGNORECASE,
)
logger = logging.getLogger(__name__)


@lru_cache(maxsize=4096)
def is_robot(agent: str) -> bool:
    """Tell whether a browser's name is that of a program; no name is a program too."""
    return not agent or bool(_ROBOT.search(agent))


class Counting:
    """The counts of one process that are not handed over yet."""

    def __init__(self) -> None:
        """Start at nothing, without a thread."""
        self._counts: Counter[VisitKey] = Counter()
        self._searched: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._due = threading.Event()
        self._started = False

    def count(self, visit: Visit, agent: str) -> None:
        """Count one view of a page."""
        key = VisitKey(today(), visit.site, visit.column, visit.article, is_robot(agent[:400]))
        with self._lock:
            self._counts[key] += 1
            if visit.searched and not key.robot:
                self._searched[visit.searched] += 1
            many = len(self._counts) + len(self._searched) >= MOST_KEYS
        if many:
            self._due.set()

    def flush(self) -> int:
        """Hand over what has been counted; return how many views. What cannot be written is kept for the next time."""
        with self._writing:
            with self._lock:
                counts, self._counts = self._counts, Counter()
                searched, self._searched = self._searched, Counter()
            if not counts:
                return 0
            try:
                with transaction.atomic():
                    add_visits(counts=counts)
                    remember_searches(searched, at=now())
            except Error:
                with self._lock:
                    self._counts.update(counts)
                    self._searched.update(searched)
                raise
            return counts.total()

    def start(self) -> None:
        """Hand over every few seconds from now on, and once more when the process ends."""
        if self._started:
            return
        self._started = True
        threading.Thread(target=self._run, name="visits", daemon=True).start()
        util.Finalize(None, self.stop, exitpriority=100)

    def stop(self) -> None:
        """Hand over the rest."""
        try:
            self.flush()
        except Error:
            logger.exception("Views counted last could not be written")

    def _run(self) -> None:
        while True:
            self._due.wait(SECONDS)
            self._due.clear()
            try:
                self.flush()
            except Error:
                logger.warning("Views could not be written; they are kept for the next try", exc_info=True)
            finally:
                connection.close()


COUNTING = Counting()
