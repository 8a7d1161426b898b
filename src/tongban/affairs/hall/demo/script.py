"""How an invented case goes: what is done next, by which role, after how many working hours, with which words."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tongban.foundation.organizations.roles import Role

APPLICANT = "applicant"
SYSTEM = "system"

OPINIONS = (
    "材料齐全，符合法定形式，拟同意。",
    "经审查，申请人具备法定条件，建议准予许可。",
    "经核对，申报内容与核查结论一致，建议准予。",
    "符合许可条件，同意。",
)
REFUSALS = (
    "经现场核查，经营场所与申请的平面布局不一致，申请人未能在合理期限内整改。",
    "申请人不具备法律规定的从业条件，提交的证明不能证明其符合要求。",
    "经营场所不符合相关规划和安全距离要求。",
)
CORRECTIONS = (
    "请补交加盖公章的授权委托书。",
    "平面布局图缺少各功能区面积标注，请重新绘制后提交。",
    "场所使用证明已过期，请补交现行有效的租赁合同。",
    "从业人员健康证明缺少一人，请补齐。",
)
SURVEYS = (
    "场所、设备与申报一致，设施能正常使用。",
    "核查时有一处标识缺失，当场整改完毕。",
    "现场布局与图纸一致，制度上墙，人员在岗。",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """The next thing to happen: the action, who does it, after how many working days, and what is said."""

    action: str
    role: str
    days: float
    data: Mapping[str, Any] = field(default_factory=dict)


def acceptance(rng: random.Random, *, corrected: bool) -> Turn:
    """Say what happens at the window."""
    draw = rng.random()
    if not corrected and draw < 0.12:
        items = rng.sample(CORRECTIONS, rng.choice((1, 1, 2)))
        return Turn("request_correction", Role.WINDOW_CLERK, rng.uniform(0.2, 3), {"items": list(items), "days": 10})
    if not corrected and draw < 0.15:
        return Turn(
            "refuse_acceptance",
            Role.WINDOW_CLERK,
            rng.uniform(0.2, 2),
            {
                "ground": "not_our_authority",
                "reason": "申请事项依法不属于本机关职权范围，请向经营场所所在地的主管部门申请。",
                "remedies": REMEDIES,
            },
        )
    if not corrected and draw < 0.18:
        return Turn("deemed_accept", SYSTEM, 6)
    return Turn("accept", Role.WINDOW_CLERK, rng.uniform(0.1, 2.5))


REMEDIES = "可以自收到本文书之日起六十日内申请行政复议，或者在六个月内提起行政诉讼。"


def correction(rng: random.Random) -> Turn:
    """Say when the applicant answers a correction; some never do."""
    if rng.random() < 0.1:
        return Turn("withdraw", APPLICANT, rng.uniform(2, 7), {"reason": "经营计划有变，撤回申请。"})
    return Turn("supplement", APPLICANT, rng.uniform(1, 8))


def review(rng: random.Random, *, missing: set[str], slow: float) -> Turn:
    """Say what the reviewer does; ``missing`` are special procedures still to be held."""
    for code in ("survey", "expert_review", "hearing", "publication"):
        if code in missing:
            return Turn(f"start_{code}", Role.REVIEWER, rng.uniform(0.3, 1.5), special_start(code))
    if rng.random() < 0.06:
        return Turn(
            "object",
            Role.REVIEWER,
            rng.uniform(0.5, 3) * slow,
            {"opinion": "不符合许可条件，拟不予许可。", "basis": "行政许可法第三十八条"},
        )
    return Turn("pass", Role.REVIEWER, rng.uniform(0.4, 3.5) * slow, {"opinion": rng.choice(OPINIONS)})


def special_start(code: str) -> dict[str, Any]:
    """Return what is said when a special procedure starts."""
    reasons = {
        "survey": "需要核实经营场所和设施设备",
        "expert_review": "涉及专业技术判断，依法组织专家评审",
        "hearing": "事项涉及公共利益，依法举行听证",
        "publication": "依法向社会公示",
    }
    return {"reason": reasons.get(code, "依法开展"), "expected_days": 10}


def special(rng: random.Random, code: str, *, conclusions: list[str], slow: float) -> Turn:
    """Say how a special procedure ends."""
    role = {"survey": Role.SURVEYOR, "expert_review": Role.EXPERT_COORDINATOR}.get(code, Role.REVIEWER)
    conclusion = conclusions[0] if rng.random() < 0.88 or len(conclusions) < 2 else conclusions[1]
    data: dict[str, Any] = {
        "conclusion": conclusion,
        "opinion": rng.choice(SURVEYS) if code == "survey" else "经评议，原则同意，建议按意见完善后实施。",
        "members": ["张三川（演示）", "李四维（演示）", "王五行（演示）"],
        "record": "参加人员到场，程序合法，记录由各方签字确认。",
        "public_summary": "评审认为方案可行。",
    }
    return Turn(f"finish_{code}", role, rng.uniform(1, 5) * slow, data)


def decision(rng: random.Random, *, objected: bool, slow: float) -> Turn:
    """Say what the approver decides."""
    if objected or rng.random() < 0.02:
        return Turn(
            "refuse",
            Role.APPROVER,
            rng.uniform(0.3, 2) * slow,
            {
                "reason": rng.choice(REFUSALS),
                "basis": "《中华人民共和国行政许可法》第三十八条第二款",
                "remedies": REMEDIES,
            },
        )
    return Turn("grant", Role.APPROVER, rng.uniform(0.2, 2) * slow, {"opinion": "同意。"})


def delivery(rng: random.Random, action: str) -> Turn:
    """Say how the result is made and handed over."""
    if action == "deliver":
        way = rng.choices(("electronic", "window", "courier"), (80, 12, 8))[0]
        return Turn("deliver", Role.WINDOW_CLERK, rng.uniform(0.1, 1.5), {"delivery": way})
    return Turn(action, Role.WINDOW_CLERK, rng.uniform(0.1, 1.5))


SCORES = ((1, 62), (2, 24), (3, 8), (4, 4), (5, 2))
"""How many of a hundred give which rating, from very satisfied to very dissatisfied."""

COMPLAINTS = (
    ("办理时间长", "材料早就交齐了，等了好几个星期。"),
    ("一次性告知不到位", "补正要求没有一次说清，跑了两趟。"),
    ("服务态度不好", "电话咨询没有耐心解释。"),
)
PRAISES = ("", "", "", "全程网上办，没有跑腿。", "短信提醒很及时。", "窗口同志讲得很清楚。")


@dataclass(frozen=True, slots=True)
class Review:
    """What the applicant says after the case, how many days later, and after how many more days the unit follows up."""

    score: int
    days: float
    reasons: tuple[str, ...] = ()
    comment: str = ""
    answered_after: float | None = None


def review_of(rng: random.Random) -> Review | None:
    """Say how the applicant rates a case that is over; most do not."""
    if rng.random() > 0.38:
        return None
    (score,) = rng.choices([score for score, _share in SCORES], [share for _score, share in SCORES])
    days = rng.uniform(0.05, 6)
    if score < 4:
        return Review(score, days, comment=rng.choice(PRAISES) if score < 3 else "")
    reason, comment = rng.choice(COMPLAINTS)
    return Review(score, days, (reason,), comment, rng.uniform(0.5, 5))


def moment(start: dt.datetime, days: float, calendar: Any, rng: random.Random) -> dt.datetime:
    """Return a moment some working days later, within office hours."""
    whole = int(days)
    day = calendar.next_workday(start.date()) if not whole else calendar.add_working_days(start.date(), whole)
    after = dt.datetime.combine(day, dt.time(9, tzinfo=start.tzinfo)) + dt.timedelta(minutes=rng.randrange(0, 470))
    return max(after, start + dt.timedelta(minutes=rng.randrange(12, 90)))
