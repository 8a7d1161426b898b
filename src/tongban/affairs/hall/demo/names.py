"""Invented names for the demonstration."""

from __future__ import annotations

import random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN_ONE = "伟芳敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玲鑫健亮浩宇辉波宁斌莉彬倩颖晨凯琳航雯"
GIVEN_TWO = (
    "建国 建华 志强 志明 秀英 秀兰 桂英 桂兰 海燕 晓燕 晓东 晓明 文静 文博 文涛 雨欣 雨桐 子轩 子涵 浩然 思远 思琪 佳怡 佳琪 俊杰 俊峰 "
    "春梅 春生 国庆 国强 天宇 天成 立新 立群 玉兰 玉珍 永强 永平 少华 少峰 红梅 红军 云飞 云霞 德胜 德明 家豪 家欣 一帆 一诺"
).split()
CITIES = "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门".split()
TRADE_FIRST = "江 汉 楚 荆 鄂 云 星 禾 瑞 恒 泰 宏 嘉 盛 安 康 启 明 博 诚 信 和 源 丰 茂 隆 锦 华 鼎 卓".split()
TRADE_SECOND = "畔 城 阳 泽 润 达 远 通 辉 景 源 和 兴 昌 峰 林 岳 川 舟 帆 语 园 味 里 合 创 联 新 德 康".split()
INDUSTRIES = (
    "餐饮管理 食品 商贸 超市 物流 运输 劳务 人力资源 建筑工程 装饰工程 广告传媒 文化传播 教育科技 医疗器械 药业 酒店管理 环保科技 "
    "农业开发 林业 水务 置业 电子商务 生物科技 健康管理"
).split()
FORMS = ("有限公司", "有限责任公司", "股份有限公司")


def person(rng: random.Random) -> str:
    """Return a person's name."""
    given = rng.choice(GIVEN_TWO) if rng.random() < 0.7 else rng.choice(GIVEN_ONE)
    return rng.choice(SURNAMES) + given


def firm(rng: random.Random) -> str:
    """Return a company's name: region, trade name, industry, form."""
    trade = rng.choice(TRADE_FIRST) + rng.choice(TRADE_SECOND)
    return f"{rng.choice(CITIES)}{trade}{rng.choice(INDUSTRIES)}{rng.choices(FORMS, (90, 8, 2))[0]}"
