"""Names of provinces, cities and counties, for finding the region at the head of a name."""

from __future__ import annotations

import re
from functools import cache

from stdnum import numdb

from tongban.foundation.text.normalize import key

PROVINCES = (
    "北京市", "天津市", "河北省", "山西省", "内蒙古自治区", "辽宁省", "吉林省", "黑龙江省", "上海市", "江苏省", "浙江省",
    "安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省", "广西壮族自治区", "海南省", "重庆市",
    "四川省", "贵州省", "云南省", "西藏自治区", "陕西省", "甘肃省", "青海省", "宁夏回族自治区", "新疆维吾尔自治区", "台湾省",
    "香港特别行政区", "澳门特别行政区",
)  # fmt: skip
_PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 "
    "仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 塔吉克 怒 鄂温克 裕固 保安 独龙 鄂伦春 普米 各"
)
_TAIL = re.compile(
    rf"(?:(?:{_PEOPLES.replace(' ', '|')})族)*(?:自治州|自治县|自治旗)$|(?:维吾尔|壮族|回族)?自治区$"
    r"|特别行政区$|(?:省|市|地区|盟|县|区|旗|林区)$"
)
_NO_NAMES = frozenset({"市辖区", "市区", "郊区", "省直辖", "自治区直辖县级行政区划"})
_DATES = re.compile(r"\[[^\]]*\]")


def short(name: str) -> str:
    """Return a region's name without its kind: ``武汉市`` is ``武汉``; names of one character stay whole."""
    bare = _TAIL.sub("", name)
    return bare if len(bare) >= 2 else name


@cache
def heads() -> frozenset[str]:
    """Return the names that may open a name: provinces and cities with and without their kind, counties with it."""
    names: set[str] = set()
    for province in PROVINCES:
        names |= {province, short(province)}
    for digits, name in _divisions():
        names.add(name)
        if digits.endswith("00"):
            names |= {short(name), f"{short(name)}{'州' if name.endswith('自治州') else '市'}"}
    return frozenset(key(name) for name in names if len(name) >= 2)


@cache
def county_heads() -> frozenset[str]:
    """Return the names of counties without their kind, which count only after a province or a city."""
    return frozenset(key(short(name)) for digits, name in _divisions() if not digits.endswith("00"))


def _divisions() -> list[tuple[str, str]]:
    """Return code (last four digits) and name of every city and county since 1980, from the tables of stdnum."""
    found: list[tuple[str, str]] = []
    for _length, _low, _high, _props, below in numdb.get("cn/loc").prefixes:
        for _width, low, _end, props, _none in below:
            for part in _DATES.split(props.get("county", "")):
                name = part.strip(" ,;")
                if len(name) >= 2 and name not in _NO_NAMES:
                    found.append((low, name))
    return found
