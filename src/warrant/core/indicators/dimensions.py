"""What the force is counted by: each dimension, the raw values that cells keep, and the bands that people read.

A cell keeps a raw value (a birth year, a code's number); the bands of a day are ranges of raw values, so that a
figure and the list behind it ask for the same range. Numbers of dimensions and values stand in stored cells and never
get a second meaning; new ones are only added.
Source: 2009 notice, 二(一) (age, knowledge structure, profession, training and examinations, annual review, transfers);
GB/T 4658 for education; the limits of the bands: assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle.certificate import CertificateState
from warrant.core.standards import codes

NO_LIMIT = 9999


@dataclass(frozen=True)
class Band:
    """One line of a statistic on a day: raw values ``low`` to ``high``, both included.

    ``label`` is Chinese message text; ``english`` stands beside it where the words come from a code table, or mean
    something else as a label elsewhere.
    """

    number: int
    label: str
    low: int
    high: int
    english: str = ""

    def holds(self, raw: int) -> bool:
        """Tell whether a raw value falls into the band."""
        return self.low <= raw <= self.high


@dataclass(frozen=True)
class Dimension:
    """One thing to count by. ``key`` stands in addresses and is the column of the fact, ``number`` in cells.

    ``note`` says how people are put into the bands. With ``is_multiple`` one person counts in several bands.
    """

    number: int
    key: str
    label: str
    bands_in: Callable[[int], tuple[Band, ...]]
    note: str = ""
    is_multiple: bool = False

    def bands(self, year: int) -> tuple[Band, ...]:
        """Return the bands as they are on a day of ``year``, in the order of reading."""
        return self.bands_in(year)

    def band(self, number: int, year: int) -> Band:
        """Return one band.

        Raises: InvalidInput("unknown-band").
        """
        for band in self.bands(year):
            if band.number == number:
                return band
        raise InvalidInput("unknown-band", N_("没有这个统计分组；请从统计页重新进入"))

    def band_of(self, raw: int, year: int) -> int:
        """Return the number of the band into which a raw value falls."""
        return next(band.number for band in self.bands(year) if band.holds(raw))


def _fixed(*bands: Band) -> Callable[[int], tuple[Band, ...]]:
    return lambda year: bands


def _value(number: int, label: str, english: str = "") -> Band:
    return Band(number, label, number, number, english)


def _ages(year: int) -> tuple[Band, ...]:
    return (
        Band(1, N_("30 岁及以下"), year - 30, NO_LIMIT),
        Band(2, N_("31–35 岁"), year - 35, year - 31),
        Band(3, N_("36–40 岁"), year - 40, year - 36),
        Band(4, N_("41–45 岁"), year - 45, year - 41),
        Band(5, N_("46–50 岁"), year - 50, year - 46),
        Band(6, N_("51–55 岁"), year - 55, year - 51),
        Band(7, N_("56 岁及以上"), 0, year - 56),
    )


def _years(this: str, last: str, before: str, never: str) -> Callable[[int], tuple[Band, ...]]:
    def bands(year: int) -> tuple[Band, ...]:
        return (
            Band(1, this, year, NO_LIMIT),
            Band(2, last, year - 1, year - 1),
            Band(3, before, 1, year - 2),
            Band(0, never, 0, 0),
        )

    return bands


def _arrivals(year: int) -> tuple[Band, ...]:
    return (
        Band(1, N_("本年到任"), year, NO_LIMIT),
        Band(2, N_("1–3 年前到任"), year - 3, year - 1),
        Band(3, N_("4–9 年前到任"), year - 9, year - 4),
        Band(4, N_("10 年前及更早到任"), 1, year - 10),
        Band(0, N_("到任时间未登记"), 0, 0),
    )


SEXES: Mapping[str, int] = {"1": 1, "2": 2}
EDUCATION_GROUPS: Mapping[str, int] = {"1": 1, "2": 2, "3": 3, "4": 4, "6": 4, "7": 4, "8": 4, "9": 4}
"""First digit of GB/T 4658 to group."""
PROFESSIONS: Mapping[str, int] = {"law": 1, "transport": 2, "engineering": 3, "management": 4, "other": 9}
POSTS: Mapping[str, int] = {
    "enforcement": 1,
    "licensing": 2,
    "legal-review": 3,
    "general-management": 4,
    "supervision": 5,
    "leadership": 6,
}
OTHER_POST = 9
STAFFINGS: Mapping[str, int] = {
    "civil-servant": 1,
    "civil-service-law": 2,
    "public-institution": 3,
    "manual-staff": 4,
    "contract": 5,
    "agency-labour": 6,
    "temporary": 7,
    "seconded": 8,
    "off-establishment": 9,
}
_C = CertificateState
CERTIFICATE_STATES: Mapping[str, int] = {
    _C.ACTIVE.value: 1,
    _C.LOST.value: 2,
    _C.WITHHELD.value: 3,
    _C.AWAITING_PRODUCTION.value: 4,
    _C.PRODUCED.value: 5,
    _C.EXPIRED.value: 6,
    _C.CANCELLED.value: 7,
    _C.REVOKED.value: 8,
    _C.LAPSED.value: 9,
}
NOT_RECORDED = N_("未登记")

EVERYBODY = Dimension(0, "everybody", N_("全部人员"), _fixed(_value(0, N_("全部人员"))))
AGE = Dimension(
    1, "birth_year", N_("年龄"), _ages, N_("年龄按统计日所在年份减出生年份计算，名单使用同一口径")
)
SEX = Dimension(
    2, "sex", N_("性别"), _fixed(_value(1, N_("男")), _value(2, N_("女")), _value(0, NOT_RECORDED))
)
EDUCATION = Dimension(
    3,
    "education",
    N_("知识结构"),
    _fixed(
        _value(1, N_("研究生")),
        _value(2, N_("大学本科")),
        _value(3, N_("大学专科")),
        _value(4, N_("中专及以下")),
        _value(0, NOT_RECORDED),
    ),
    N_("按 GB/T 4658 学历代码的大类归并"),
)
PROFESSION = Dimension(
    4,
    "profession",
    N_("专业"),
    _fixed(
        _value(1, N_("法律")),
        _value(2, N_("交通运输")),
        _value(3, N_("工程技术")),
        _value(4, N_("经济管理")),
        _value(9, N_("其他专业")),
        _value(0, NOT_RECORDED),
    ),
    N_("按所学专业名称中的关键词归类"),
)
TRAINING = Dimension(
    5,
    "trained_year",
    N_("培训"),
    _years(N_("本年学时已达标"), N_("上年达标，本年未达标"), N_("更早达标"), N_("没有达标记录")),
    N_("按最近一次学时达标的年份"),
)
EXAMINATION = Dimension(
    6,
    "examined_year",
    N_("考试"),
    _years(N_("本年考试合格"), N_("上年考试合格"), N_("更早考试合格"), N_("没有合格记录")),
    N_("按最近一次考试合格的年份"),
)
REVIEW = Dimension(
    7,
    "reviewed_year",
    N_("年审"),
    _years(N_("本年年审合格"), N_("上年合格，本年未审"), N_("更早合格"), N_("没有年审记录")),
    N_("按最近一次年审合格的年度"),
)
ARRIVAL = Dimension(
    8, "arrived_year", N_("调动（到任时间）"), _arrivals, N_("按到现单位任职的年份；调入调出见“人员流动”")
)
CATEGORY = Dimension(
    9,
    "category",
    N_("执法门类"),
    _fixed(
        *(_value(int(code.code), code.name, code.english) for code in codes.ENFORCEMENT_CATEGORY),
        _value(0, NOT_RECORDED),
    ),
    N_("一人有多个门类的在每个门类各计一次，合计按人数"),
    is_multiple=True,
)
POST = Dimension(
    10,
    "post",
    N_("岗位"),
    _fixed(
        *(_value(POSTS[code.code], code.name, code.english) for code in codes.POST),
        _value(OTHER_POST, N_("其他岗位")),
        _value(0, NOT_RECORDED),
    ),
)
STAFFING = Dimension(
    11,
    "staffing",
    N_("编制性质"),
    _fixed(
        *(_value(STAFFINGS[code.code], code.name, code.english) for code in codes.STAFFING),
        _value(0, NOT_RECORDED),
    ),
)
CERTIFICATE = Dimension(
    12,
    "certificate",
    N_("证件状态"),
    _fixed(
        _value(1, N_("有效"), "valid"),
        _value(2, N_("挂失"), "reported lost"),
        _value(3, N_("暂扣"), "withheld"),
        _value(4, N_("待制卡"), "awaiting production"),
        _value(5, N_("待发放"), "awaiting hand-over"),
        _value(6, N_("过期"), "expired"),
        _value(7, N_("注销"), "cancelled"),
        _value(8, N_("吊销"), "revoked"),
        _value(9, N_("年审逾期失效"), "lapsed without review"),
        _value(0, N_("无证件"), "no certificate"),
    ),
    N_("按最近一个证件；证件状态与人员状态分开"),
)

DIMENSIONS: tuple[Dimension, ...] = (
    AGE,
    SEX,
    EDUCATION,
    PROFESSION,
    TRAINING,
    EXAMINATION,
    REVIEW,
    ARRIVAL,
    CATEGORY,
    POST,
    STAFFING,
    CERTIFICATE,
)
"""In the order of their numbers, which is the order of a vector."""

_BY_KEY = {dimension.key: dimension for dimension in DIMENSIONS}


def dimension_by_key(key: str) -> Dimension:
    """Return a dimension.

    Raises: InvalidInput("unknown-dimension").
    """
    found = _BY_KEY.get(key)
    if found is None:
        raise InvalidInput("unknown-dimension", N_("没有这项统计；请从统计页重新选择"))
    return found
