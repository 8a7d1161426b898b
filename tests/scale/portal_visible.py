"""How long it takes from the reviewer's approval until every site shows an item, and from its withdrawal until none does.

The item is written, submitted, taken, sent to review, approved and published by five people through the real acts, in a column that all
cities mirror. Several web processes serve the pages from memory; a page counts as changed when all of them show the change.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from tests.scale.portal_serving import our_server, page, running
from tongban.engines.publishing.actions.deciding import accept, approve, send_to_review, submit
from tongban.engines.publishing.actions.drafting import save_draft
from tongban.engines.publishing.actions.publishing import publish, withdraw
from tongban.engines.publishing.models import Column
from tongban.engines.publishing.queries import group
from tongban.foundation.clock.now import now, today
from tongban.foundation.organizations.actor import Actor
from tongban.foundation.organizations.roles import Role
from tongban.foundation.organizations.tests.world import official

COLUMN = "/news/headlines/"
WORKERS = 2
LOOKS = 4
"""How often in a row, each time on a new connection, a page must show the change, so that every process was asked."""
ROUNDS = 3
PATIENCE_SECONDS = 60.0


def addresses() -> list[str]:
    """Return home page and list of the main site and of all cities."""
    found = []
    for site in group():
        if site.is_topic or COLUMN not in site.by_path:
            continue
        base = "/" if site.is_main else f"/sites/{site.code}/"
        found += [base, f"{base}columns{COLUMN}"]
    return found


def _people(column: Column) -> dict[Role, Actor]:
    roles = (Role.INFORMATION_OFFICER, Role.COLUMN_EDITOR, Role.COLUMN_REVIEWER, Role.COLUMN_PUBLISHER)
    stamp = time.time_ns()
    return {role: official(f"bench-{role.value}-{stamp}", (column.unit, role), on=today()) for role in roles}


def _wait(url: str, pages: list[str], changed: Callable[[str], bool]) -> None:
    """Ask for pages until every one has changed in every process.

    :raises TimeoutError: if one has not within a minute
    """
    began = time.perf_counter()
    for path in pages:
        right = 0
        while right < LOOKS:
            right = right + 1 if changed(page(url + path).decode()) else 0
            if time.perf_counter() - began > PATIENCE_SECONDS:
                msg = f"{path} does not show the change"
                raise TimeoutError(msg)


def measure() -> float:
    """Print the seconds from approval to all sites and from withdrawal to none; return the longest from approval."""
    column = Column.objects.select_related("unit__region", "site").get(site__kind="main", path=COLUMN)
    people = _people(column)
    pages = addresses()
    longest = 0.0
    with running(our_server(64, workers=WORKERS, threads=8)) as url:
        for turn in range(ROUNDS):
            title = "批准到可见计时" + "".join(secrets.choice("甲乙丙丁戊己庚辛壬癸") for _place in range(12))
            content = {
                "title": title,
                "source": "省政务服务办",
                "body": "<p>全省政务服务改革推进会召开，部署下一阶段工作。</p>",
            }
            article = save_draft(column=column, content=content, by=people[Role.INFORMATION_OFFICER], at=now())
            offer = submit(article=article, by=people[Role.INFORMATION_OFFICER], at=now())
            accept(submission=offer, by=people[Role.COLUMN_EDITOR], at=now())
            send_to_review(article=article, by=people[Role.COLUMN_EDITOR], at=now())
            _wait(url, pages, lambda html, title=title: title not in html)  # type: ignore[misc]
            began = time.perf_counter()
            approve(article=article, by=people[Role.COLUMN_REVIEWER], at=now(), seen_findings=True)
            publish(article=article, by=people[Role.COLUMN_PUBLISHER], at=now())
            acted = time.perf_counter() - began
            _wait(url, pages, lambda html, title=title: title in html)  # type: ignore[misc]
            shown = time.perf_counter() - began
            began = time.perf_counter()
            withdraw(article=article, reason="计时用", by=people[Role.COLUMN_PUBLISHER], at=now())
            _wait(url, pages, lambda html, title=title: title not in html)  # type: ignore[misc]
            gone = time.perf_counter() - began
            longest = max(longest, shown)
            print(
                f"  approval to visible on {len(pages) // 2} sites, home and list, {WORKERS} processes ({turn + 1}): {shown:5.2f} s"
                f" (the acts {acted:.2f} s); withdrawal to gone {gone:5.2f} s",
                flush=True,
            )
    return longest
