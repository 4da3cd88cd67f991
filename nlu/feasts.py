"""The days of the year that people call by a name (节日): those of the solar calendar, and from a table those of the lunar one.

The table is by the calendar of GB/T 33661-2017 (农历的编算和颁行) in Beijing time: the first of the first lunar month, 清明 (a
solar term), the fifth of the fifth, the fifteenth of the eighth and the ninth of the ninth. It was reckoned with lunardate 0.3 and
agrees with the notices of the State Council on holidays of 2019 to 2026 (chinesecalendar 1.11).
"""

from datetime import date, timedelta
from typing import Final

# Year: 春节, 清明, 端午, 中秋, 重阳 as month × 100 + day.
_TABLE: Final = {
    2019: (205, 405, 607, 913, 1007),
    2020: (125, 404, 625, 1001, 1025),
    2021: (212, 404, 614, 921, 1014),
    2022: (201, 405, 603, 910, 1004),
    2023: (122, 405, 622, 929, 1023),
    2024: (210, 404, 610, 917, 1011),
    2025: (129, 404, 531, 1006, 1029),
    2026: (217, 405, 619, 925, 1018),
    2027: (206, 405, 609, 915, 1008),
    2028: (126, 404, 528, 1003, 1026),
    2029: (213, 404, 616, 922, 1016),
    2030: (203, 405, 605, 912, 1005),
    2031: (123, 405, 624, 1001, 1024),
    2032: (211, 404, 612, 919, 1012),
    2033: (131, 404, 601, 908, 1001),
    2034: (219, 405, 620, 927, 1020),
    2035: (208, 405, 610, 916, 1009),
    2036: (128, 404, 530, 1004, 1027),
}
_SPRING, _CLEAR, _FIFTH, _AUTUMN, _NINTH = range(5)
_SOLAR: Final = {
    "元旦": (1, 1),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "六一": (6, 1),
    "儿童节": (6, 1),
    "十一": (10, 1),
    "国庆": (10, 1),
}
# Column of the table, and days after it.
_LUNAR: Final = {
    "除夕": (_SPRING, -1), "大年三十": (_SPRING, -1), "年三十": (_SPRING, -1), "春节": (_SPRING, 0), "元宵": (_SPRING, 14),
    "正月十五": (_SPRING, 14), "清明": (_CLEAR, 0), "端午": (_FIFTH, 0), "中秋": (_AUTUMN, 0), "重阳": (_NINTH, 0),
    "农历五月初五": (_FIFTH, 0), "农历八月十五": (_AUTUMN, 0), "农历九月初九": (_NINTH, 0),
    **{f"{month}初{word}": (_SPRING, number) for month in ("大年", "正月", "年") for number, word in enumerate("一二三四五六七八九十")},
}  # fmt: skip
# Days before and days from it on that 期间 and 假期 mean, by the usual length of the holiday.
_HOLIDAYS: Final = {
    "元旦": (0, 3), "春节": (1, 7), "清明": (1, 2), "五一": (0, 5), "劳动节": (0, 5), "端午": (1, 2), "中秋": (1, 2), "十一": (0, 7),
    "国庆": (0, 7),
}  # fmt: skip

NAMES: Final = tuple(sorted((*_SOLAR, *_LUNAR), key=len, reverse=True))


def feast(name: str, year: int) -> date:
    """Return the day of a feast in a year. ValueError for a year that the table does not have."""
    if name in _SOLAR:
        return date(year, *_SOLAR[name])
    column, after = _LUNAR[name]
    if year not in _TABLE:
        raise ValueError(year)
    month, day = divmod(_TABLE[year][column], 100)
    return date(year, month, day) + timedelta(days=after)


def holiday(name: str) -> tuple[int, int]:
    """Return how many days before a feast its holiday begins, and how many it lasts from the feast on."""
    return _HOLIDAYS.get(name, (0, 1))
