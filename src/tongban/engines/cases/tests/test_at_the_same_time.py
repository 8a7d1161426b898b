"""Several people at the same moment: one case for one key, one number for one case, one acceptance for one case."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tongban.engines.cases.actions import ActionRefused, act
from tongban.engines.cases.models import Case, CaseEvent, ProcessDefinition, Task
from tongban.engines.cases.tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def together(count, work):
    """Run ``work(index)`` in threads that start at the same moment; return what they returned or raised."""
    gate = threading.Barrier(count)

    def one(index):
        try:
            gate.wait(10)
            return work(index)
        except ActionRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture
def busy():
    if not ProcessDefinition.objects.exists():
        factories.publish_law()
    return factories.world()


def test_one_key_makes_one_case(busy):
    key, item = uuid.uuid4(), busy.item()
    cases = together(6, lambda _index: busy.submit(item, key=key))
    assert len({case.pk for case in cases}) == 1
    assert Case.objects.count() == 1
    assert CaseEvent.objects.count() == 1


def test_numbers_have_no_doubles_and_no_gaps(busy):
    item = busy.item()
    cases = together(8, lambda _index: busy.submit(item))
    assert sorted(case.number[-6:] for case in cases) == [f"{n:06d}" for n in range(1, 9)]


def test_two_clerks_accept_once(busy):
    case = busy.submit()
    clerks = [busy.clerk, busy.second_clerk] * 2
    results = together(
        4, lambda index: act(case=case, action="accept", by=clerks[index], at=factories.at("2026-03-03"))
    )
    assert sum(isinstance(result, ActionRefused) for result in results) == 3
    assert Task.objects.filter(case=case, step="review").count() == 1


def test_the_last_answers_of_a_consultation_open_the_review_once(busy):
    case = busy.do(busy.submit(), "accept", "2026-03-02")
    units = [busy.units["other"].pk, busy.units["next"].pk]
    case = busy.do(case, "co_handle", "2026-03-03", units=units)
    Task.objects.filter(case=case, kind="co_handle").update(role="window_clerk")
    people = [busy.other_clerk, busy.next_clerk, busy.other_clerk]
    data = {"conclusion": "agree", "opinion": "同意"}
    results = together(
        3, lambda index: act(case=case, action="reply", by=people[index], at=factories.at("2026-03-04"), data=data)
    )
    assert sum(isinstance(result, ActionRefused) for result in results) == 1
    assert Task.objects.get(case=case, step="review").state == "open"
