"""Names as often as they are borne: surnames by their share of the people, given names by generation and sex."""

from __future__ import annotations

from itertools import accumulate
from random import Random

_SURNAMES = """
王 720 李 719 张 678 刘 538 陈 453 杨 308 黄 223 赵 202 吴 200 周 188 徐 149 孙 147 马 128 朱 126 胡 120 郭 119 何 113
林 110 高 106 罗 99 郑 95 梁 92 谢 75 宋 73 唐 70 许 66 邓 65 韩 65 冯 63 曹 62 彭 61 曾 59 肖 58 田 56 董 55 潘 53
袁 52 蔡 52 蒋 51 余 51 于 50 杜 48 叶 47 程 47 魏 46 苏 46 吕 45 丁 44 任 43 卢 42 姚 41 沈 41 钟 40 姜 39 崔 39
谭 38 陆 37 范 37 汪 36 廖 36 石 35 金 34 韦 34 贾 33 夏 33 付 32 方 32 邹 31 熊 31 白 30 孟 30 秦 29 邱 29 侯 28
江 28 尹 27 薛 27 闫 26 段 26 雷 26 龙 25 黎 24 史 24 陶 23 贺 23 毛 22 郝 22 顾 22 龚 22 邵 21 万 21 覃 20 武 20
钱 19 戴 19 严 18 莫 18 孔 17 向 16 常 15 汤 15 康 14 易 14 乔 13 文 13 庞 12 樊 12 兰 11 殷 11 施 11 洪 10 翟 9
安 9 倪 9 颜 8 牛 8 温 8 芦 7 季 7 俞 7 章 7 鲁 6 葛 6 伍 6 申 5 尤 5 毕 5 聂 5 柴 4 焦 4 向 4 柳 4 邢 4 岳 4
齐 4 梅 3 庄 3 辛 3 管 3 祝 3 左 3 涂 3 谷 3 祁 3 时 2 耿 2 牟 2 卜 2 路 2 詹 2 关 2 苗 2 凌 2 费 2 纪 2 靳 2 盛 2
童 2 欧阳 2 甄 1 项 1 曲 1 成 1 游 1 阳 1 裴 1 席 1 卫 1 查 1 屈 1 鲍 1 位 1 覃 1 霍 1 翁 1 隋 1 植 1 甘 1 景 1
单 1 解 1 仇 1 区 1 盖 1 上官 1 诸葛 1 司马 1 尉迟 1 皇甫 1 令狐 1
""".split()

_MALE = {
    1960: "建国 建军 志强 国强 卫东 建华 志明 国华 永强 建平 爱国 卫国 德明 文革 红军 保国 新民 庆华 长生 国庆 建新 世杰 明 军 勇 刚 强 平 伟 斌",
    1975: "伟 勇 军 磊 涛 斌 波 辉 鹏 杰 峰 强 超 刚 健 明 志刚 海波 建峰 晓东 海涛 志伟 文斌 国栋 小军 永刚 俊杰 少华 春生 立新 宏伟 学文",
    1990: "鑫 宇 浩 帅 鹏 杰 超 磊 俊 凯 浩然 子豪 志远 俊杰 宇航 文博 天宇 嘉伟 家豪 明轩 泽宇 思远 一鸣 博文 晨 睿 翔 龙 旭 阳 浩宇 梓豪",
}
_FEMALE = {
    1960: "秀英 桂英 玉兰 秀兰 桂兰 淑珍 凤英 玉英 爱华 建华 丽华 秀珍 春梅 月英 红 敏 静 丽 艳 霞 萍 玲 芳 燕 娟 梅 兰 英",
    1975: "丽 敏 静 艳 娟 霞 燕 芳 玲 红梅 丽娟 晓燕 海燕 春燕 雪梅 丽萍 小红 玉梅 文静 慧 洁 莉 颖 琴 云 雪 倩 婷 丽丽 秀丽",
    1990: "婷 静 雪 倩 颖 悦 婷婷 丹丹 思琪 佳怡 雨欣 欣怡 梦瑶 诗涵 子涵 雅婷 晓雯 梦洁 佳慧 文静 琳 璐 莹 瑶 欣 萌 雨桐 可欣 若曦 嘉怡",
}
_FIRST = "志建国文永德明海晓小宏俊学春立新世玉金家天子思嘉雨佳景庆长少正兴福安卫友光万"
_SECOND_MALE = "强军伟华明东平辉峰波涛林龙飞生斌成才祥宁杰山海清民义忠良来根荣贵"
_SECOND_FEMALE = "丽梅芳霞英兰玲燕红娟云珍琴萍静敏洁莉婷颖雪慧艳秀菊蓉香莲"
_MINORITY = "阿依古丽 买买提·艾力 古丽娜尔·吾买尔 艾力·阿不都拉 阿卜杜拉·吐尔逊 帕提古丽·买买提 多吉 扎西次仁 卓玛 次仁旺堆 格桑德吉 巴图 乌云其其格".split()

_SURNAME_TEXTS = _SURNAMES[0::2]
_SURNAME_WEIGHTS = list(accumulate(int(weight) for weight in _SURNAMES[1::2]))
_GIVEN = {
    sex: {year: names.split() for year, names in lists.items()}
    for sex, lists in (("1", _MALE), ("2", _FEMALE))
}
_SECOND = {"1": _SECOND_MALE, "2": _SECOND_FEMALE}


def made_up_name(random: Random, sex: str, birth_year: int, province: str) -> str:
    """Return a name for somebody of ``sex`` (GB/T 2261.1), the birth year and the two-digit province."""
    if province in ("54", "65") and random.random() < 0.25:
        return _MINORITY[int(random.random() * len(_MINORITY))]
    surname = random.choices(_SURNAME_TEXTS, cum_weights=_SURNAME_WEIGHTS)[0]
    if random.random() < 0.55:
        year = 1960 if birth_year < 1972 else 1975 if birth_year < 1986 else 1990
        names = _GIVEN[sex][year]
        return surname + names[int(random.random() * len(names))]
    seconds = _SECOND[sex]
    return surname + _FIRST[int(random.random() * len(_FIRST))] + seconds[int(random.random() * len(seconds))]
