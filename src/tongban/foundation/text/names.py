"""Parts of names: an enterprise is region + trade name + industry + form; a person is surname + given name.

Simple and predictable, by word lists: for finding and comparing, never for deciding what a name legally is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongban.foundation.text.normalize import fold, key
from tongban.foundation.text.regions import county_heads, heads

FORMS = (
    "股份有限公司", "有限责任公司", "集团有限公司", "集团股份有限公司", "有限公司", "股份公司", "集团公司", "总公司", "分公司",
    "公司", "合伙企业", "普通合伙", "有限合伙", "特殊普通合伙", "个人独资企业", "个人独资", "农民专业合作社联合社",
    "农民专业合作社", "专业合作社", "合作社", "事务所", "经营部", "门市部", "服务部", "营业部", "经销部", "商行", "商店",
    "超市", "药店", "药房", "餐馆", "饭店", "酒店", "宾馆", "旅馆", "网吧", "诊所", "门诊部", "工作室", "中心", "总店", "分店",
    "加盟店", "专卖店", "便利店", "店", "总厂", "分厂", "工厂", "厂", "场", "站", "馆", "行", "社", "部", "院", "所",
)  # fmt: skip
INDUSTRIES = (
    "信息技术", "网络科技", "电子商务", "生物科技", "新能源", "新材料", "人力资源", "劳务派遣", "企业管理", "商务咨询",
    "管理咨询", "文化传媒", "文化传播", "广告传媒", "广告", "传媒", "教育咨询", "教育科技", "教育", "培训", "建筑工程",
    "建筑装饰", "装饰工程", "装饰", "市政工程", "园林绿化", "园林", "工程技术", "工程", "建筑", "建设", "建材", "劳务", "物业管理",
    "物业服务", "物业", "房地产开发", "房地产", "置业", "餐饮管理", "餐饮服务", "餐饮", "食品", "饮品", "茶业", "酒业", "粮油",
    "农业开发", "农业科技", "农业", "种植", "养殖", "畜牧", "水产", "渔业", "林业", "苗木", "医疗器械", "医药", "药业", "医疗",
    "健康管理", "健康", "美容美发", "美容", "美发", "理发", "物流", "运输", "货运", "客运", "快递", "仓储", "汽车销售", "汽车服务",
    "汽车维修", "汽车租赁", "汽车", "机电设备", "机械设备", "机械", "电气", "电器", "电子", "电力", "能源", "化工", "石油", "矿业",
    "冶金", "钢铁", "塑料", "橡胶", "包装", "印刷", "造纸", "纺织", "服装", "服饰", "鞋业", "家具", "家居", "五金", "日用百货",
    "百货", "贸易", "商贸", "实业", "工贸", "科贸", "发展", "投资管理", "投资", "控股", "资产管理", "融资担保", "小额贷款", "典当",
    "保险", "科技", "技术", "软件", "通信", "通讯", "网络", "数码", "传感", "环保", "环境", "水务", "检测", "认证", "设计", "测绘",
    "勘察", "监理", "招标代理", "代理", "咨询", "会计师", "律师", "知识产权", "旅行", "旅游", "酒店管理", "娱乐", "体育", "健身",
    "影视", "演艺", "图书", "出版", "文具", "玩具", "珠宝", "眼镜", "保安服务", "保安", "保洁", "家政服务", "家政", "养老服务",
    "殡葬", "烟花爆竹", "烟草", "加油", "燃气", "供热", "供水", "再生资源", "回收", "租赁", "服务", "管理", "销售", "经营", "加工", "制造",
    "开发", "生产", "维修", "修理", "零售", "批发", "综合",
)  # fmt: skip
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "公户",
        "公玉",
        "公仪",
        "梁丘",
        "公仲",
        "公上",
        "公门",
        "公山",
        "公坚",
        "左丘",
        "公伯",
        "西门",
        "公祖",
        "第五",
        "公乘",
        "贯丘",
        "南荣",
        "东里",
        "东宫",
        "仲长",
        "子书",
        "子桑",
        "即墨",
        "达奚",
        "褚师",
    ]
)
_FORMS = tuple(sorted({key(form) for form in FORMS}, key=len, reverse=True))
_INDUSTRIES = tuple(sorted({key(word) for word in INDUSTRIES}, key=len, reverse=True))
_BRACKETS = re.compile(r"\(([^()]*)\)")
_BRANCH = re.compile(r"^(.{4,}?(?:公司|合作社|企业))(.+?)(分公司|分店|门店|营业部|经营部|分厂|分社|分部)$")
_TRADE_NAME = 2


@dataclass(frozen=True, slots=True)
class NameTokens:
    """The parts of an enterprise's name, each in the form that :func:`key` gives; absent parts are empty.

    ``branch`` is what stands between the mother's name and 分公司; ``key`` is the whole name for exact comparison.
    """

    region: tuple[str, ...]
    trade_name: str
    industry: str
    form: str
    branch: str
    key: str

    @property
    def stem(self) -> str:
        """Return trade name and industry: what tells one enterprise from another in a region."""
        return self.trade_name + self.industry


def tokens(name: str) -> NameTokens:
    """Part the name of an enterprise.

    A region in brackets (中天（武汉）科技有限公司) counts as region. The trade name keeps at least two characters.
    """
    whole = key(name)
    regions: list[str] = []
    text = fold(name).upper()
    for inside in _BRACKETS.findall(text):
        if key(inside) in heads():
            regions.append(key(inside))
            text = text.replace(f"({inside})", "")
    text = key(text)
    branch = ""
    if parted := _BRANCH.match(text):
        text, branch, tail = parted.group(1), parted.group(2), parted.group(3)
    text, form = _form(text)
    if parted:
        form += tail
    text, industry = _industry(text)
    opened, text = _region(text)
    return NameTokens((*opened, *regions), text, industry, form, branch, whole)


def _region(text: str) -> tuple[list[str], str]:
    """Take up to three regions from the head, as long as a trade name remains."""
    found: list[str] = []
    while len(found) < 3:
        known = heads() if not found else heads() | county_heads()
        head = next(
            (text[:size] for size in range(min(12, len(text) - _TRADE_NAME), 1, -1) if text[:size] in known), ""
        )
        if not head:
            break
        found.append(head)
        text = text[len(head) :]
    return found, text


def _form(text: str) -> tuple[str, str]:
    """Take the forms from the end: 有限公司, and what may stand behind it, such as 普通合伙."""
    form = ""
    while tail := next((each for each in _FORMS if text.endswith(each) and len(text) - len(each) >= _TRADE_NAME), ""):
        form = tail + form
        text = text[: -len(tail)]
        if len(tail) == 1:
            break
    return text, form


def _industry(text: str) -> tuple[str, str]:
    """Take up to three industry words from the end."""
    industry = ""
    for _round in range(3):
        room = len(text) - _TRADE_NAME
        tail = next((each for each in _INDUSTRIES if len(each) <= room and text.endswith(each)), "")
        if not tail:
            break
        industry = tail + industry
        text = text[: -len(tail)]
    return text, industry


@dataclass(frozen=True, slots=True)
class PersonName:
    """Surname and given name; a name with a middle dot (of another people) is all given name."""

    surname: str
    given: str

    @property
    def key(self) -> str:
        """Return what is compared."""
        return self.surname + self.given


def person(name: str) -> PersonName:
    """Part the name of a person; blanks and width make no difference."""
    folded = fold(name).upper()
    whole = key(name)
    if "·" in folded or not whole or not "\u3400" <= whole[0] <= "\U0003ffff":
        return PersonName("", whole)
    size = 2 if whole[:2] in COMPOUND_SURNAMES and len(whole) > 2 else 1
    return PersonName(whole[:size], whole[size:])
