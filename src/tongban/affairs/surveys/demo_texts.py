"""What the invented surveys and interviews say."""

from __future__ import annotations

from typing import Any

EASY = "请用几分钟告诉我们您的办事体会，结果用来改进服务。不用登录，也不要写姓名、电话。（演示内容）"
EASY_EN = "Please take a few minutes to tell us how it went. No sign-in, no names, no phone numbers. (Demonstration)"


def _options(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"value": value, "title": zh, "title_en": en} for value, zh, en in rows]


EXPERIENCE: list[dict[str, Any]] = [
    {
        "id": "q1",
        "kind": "single",
        "title": "您最近一次怎样办事",
        "title_en": "How did you last get something done?",
        "options": _options(
            ("hall", "到大厅窗口", "At a window of the hall"),
            ("online", "全程在网上", "Online from beginning to end"),
            ("both", "网上申请、窗口办结", "Began online, ended at a window"),
        ),
    },
    {
        "id": "q2",
        "kind": "multiple",
        "title": "到大厅时，哪些方面不方便",
        "title_en": "What was inconvenient at the hall?",
        "required": False,
        "options": _options(
            ("queue", "排队时间长", "Long queues"),
            ("material", "材料要求不清楚", "Unclear what to bring"),
            ("guide", "没有人引导", "Nobody to guide me"),
            ("parking", "停车难", "Nowhere to park"),
        ),
        "when": {"question": "q1", "values": ["hall", "both"]},
    },
    {
        "id": "q3",
        "kind": "scale",
        "title": "总的来说，您满意吗",
        "title_en": "How satisfied are you on the whole?",
        "points": 5,
        "low": "很不满意",
        "low_en": "not at all",
        "high": "很满意",
        "high_en": "very",
    },
    {
        "id": "q4",
        "kind": "number",
        "title": "在大厅等了多少分钟",
        "title_en": "How many minutes did you wait at the hall?",
        "required": False,
        "least": 0,
        "greatest": 600,
        "when": {"question": "q1", "values": ["hall", "both"]},
    },
    {
        "id": "q5",
        "kind": "long",
        "title": "还有什么建议",
        "title_en": "Anything else?",
        "required": False,
    },
]
SATISFACTION: list[dict[str, Any]] = [
    {
        "id": "q1",
        "kind": "single",
        "title": "您办的是哪一件事",
        "title_en": "Which matter was it?",
        "options": _options(
            ("birth", "新生儿出生", "A child was born"),
            ("company", "开办企业", "Founding a company"),
            ("retire", "职工退休", "Retirement"),
            ("house", "不动产登记", "Registering a home"),
        ),
    },
    {
        "id": "q2",
        "kind": "scale",
        "title": "您满意吗",
        "title_en": "Are you satisfied?",
        "points": 5,
        "low": "很不满意",
        "low_en": "not at all",
        "high": "很满意",
        "high_en": "very",
    },
    {
        "id": "q3",
        "kind": "multiple",
        "title": "比以前好在哪里",
        "title_en": "What has become better?",
        "options": _options(
            ("fewer", "材料少了", "Fewer papers"),
            ("faster", "办得快了", "Faster"),
            ("clear", "说得清楚了", "Clearer"),
            ("once", "只跑一次", "One visit only"),
        ),
    },
    {"id": "q4", "kind": "long", "title": "您的建议", "title_en": "Your suggestions", "required": False},
]
COMMENTS = (
    "希望周末也能取件。",
    "材料清单可以再简单一点，最好有图样。",
    "退休手续一次办完，很方便。",
    "手机上传照片经常失败，希望改进。",
    "工作人员很耐心。",
    "希望增加自助机，社区里也放一台。",
    "开办企业的刻章环节还可以再快。",
    "附近的广告太多。",
    "不动产登记当天就拿到了证，满意。",
    "老年人不会用手机，窗口要保留。",
)
PARKING_BODY = (
    "<p>为规范服务、方便群众，起草了本征求意见稿。以下为演示内容。</p><h2>第一条</h2><p>公示内容应当包括标准、依据和监督电话。</p>"
    "<h2>第二条</h2><p>公示牌应当设在入口处，字迹清楚，夜间可以看清。</p><h2>第三条</h2><p>标准调整的，应当提前十日公示。</p>"
)
OPINIONS = (
    "第二条应当写明公示牌的最小尺寸，现在有的牌子太小。",
    "第二条建议同时在手机地图上公示。",
    "第三条提前十日太短，建议三十日。",
    "建议写明不公示的处罚。",
    "监督电话应当有人接听，建议写明接听时间。",
    "第二条，牌子要方便坐轮椅的人看。",
    "第三条，三十日更合适。",
)
OUTCOME = (
    "征求意见期间共收到 7 条意见，归纳为 5 类。采纳 2 类，部分采纳 1 类，不采纳 2 类，理由见下表。"
    "修改后的稿子将按程序报审。（演示内容）"
)
RESPONSES: tuple[dict[str, Any], ...] = (
    {"opinion": "写明公示牌的最小尺寸，方便轮椅使用者看清", "count": 2, "decision": "adopted"},
    {"opinion": "写明监督电话的接听时间", "count": 1, "decision": "adopted"},
    {
        "opinion": "提前公示的时间由十日改为三十日",
        "count": 2,
        "decision": "partly",
        "reason": "改为十五个工作日，兼顾调整的及时性。",
    },
    {
        "opinion": "同时在手机地图上公示",
        "count": 1,
        "decision": "declined",
        "reason": "地图由企业运营，不宜规定为义务，将另行鼓励。",
    },
    {
        "opinion": "写明不公示的处罚",
        "count": 1,
        "decision": "declined",
        "reason": "规范性文件不得设定行政处罚，依照现行法律处理。",
    },
)
INTERVIEW_OPENING = (
    ("host", "陈佳（演示）", "各位网友上午好，欢迎来到在线访谈。今天我们聊一聊，开一家小餐饮店要跑几趟。"),
    (
        "guest",
        "林知远（演示）",
        "大家好。以前营业执照、食品经营许可要分头办，现在可以一次申请，材料由部门之间共享，多数情况只跑一次。",
    ),
)
INTERVIEW_ASKED = (
    (
        "江岸小店主",
        "食品经营许可和营业执照可以一起申请吗？",
        "可以。在政务服务大厅选“开餐饮店”这件事，一张表填完，两个部门同时看，材料不用交两遍。",
    ),
    (
        "",
        "店面很小，不到三十平方米，要不要现场核查？",
        "要不要核查看经营项目，不看面积。只卖预包装食品的备案即可，不核查；做热食的，收到申请后会约您看一次现场。",
    ),
    ("面馆老李", "换了厨师要不要变更许可？", "不用变更许可，但健康证明要齐全，留在店里备查。"),
)
