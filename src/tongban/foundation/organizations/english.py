"""English names of regions: the own name spelled in Pinyin, the kind of region translated.

A name of one syllable keeps its generic word (随县 → Suixian County), as the official spelling does; nationalities of
autonomous places have their own names (ISO 3166-2:CN and GB/T 3304-1991).
"""

from __future__ import annotations

from collections.abc import Callable

Spell = Callable[[str], str]

KINDS = (
    ("自治州", "Autonomous Prefecture"),
    ("自治县", "Autonomous County"),
    ("自治区", "Autonomous Region"),
    ("林区", "Forestry District"),
    ("矿区", "Mining District"),
    ("街道", "Subdistrict"),
    ("民族乡", "Ethnic Township"),
    ("地区", "Prefecture"),
    ("省", "Province"),
    ("市", "City"),
    ("区", "District"),
    ("县", "County"),
    ("镇", "Town"),
    ("乡", "Township"),
    ("村", "Village"),
)
"""Endings of names with their English, the longest first."""

NATIONALITIES = {
    "土家族": "Tujia", "苗族": "Miao", "侗族": "Dong", "回族": "Hui", "蒙古族": "Mongol", "藏族": "Tibetan",
    "维吾尔族": "Uygur", "彝族": "Yi", "壮族": "Zhuang", "布依族": "Bouyei", "朝鲜族": "Korean", "满族": "Manchu",
    "瑶族": "Yao", "白族": "Bai", "哈尼族": "Hani", "哈萨克族": "Kazak", "傣族": "Dai", "黎族": "Li", "畲族": "She",
    "水族": "Shui", "羌族": "Qiang", "仡佬族": "Gelao", "锡伯族": "Xibe", "毛南族": "Maonan", "仫佬族": "Mulao",
}  # fmt: skip


def english_name(name: str, spell: Spell) -> str:
    """Return the English name of a region.

    >>> english_name("江岸区", {"江岸": "Jiang'an"}.__getitem__)
    "Jiang'an District"
    """
    ending, kind = next(((end, text) for end, text in KINDS if name.endswith(end) and name != end), ("", ""))
    if not ending:
        return spell(name)
    body, peoples = _peoples(name.removesuffix(ending))
    if len(body) == 1 and not peoples:
        return f"{spell(body + ending)} {kind}"
    if peoples and kind == "Township":
        kind = "Ethnic Township"
    listed = " and ".join([", ".join(peoples[:-1]), peoples[-1]] if len(peoples) > 1 else peoples)
    return " ".join(part for part in (spell(body), listed, kind) if part)


def _peoples(body: str) -> tuple[str, list[str]]:
    """Split the nationalities off the end of a name."""
    found: list[str] = []
    while True:
        people = next((one for one in NATIONALITIES if body.endswith(one) and body != one), "")
        if not people:
            return body, found
        found.insert(0, NATIONALITIES[people])
        body = body.removesuffix(people)
