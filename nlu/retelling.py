"""Letters told anew to learn from: with the city's own places, and with titles that name place and subject as real ones do."""

import re
from random import Random
from typing import Final

from msgspec import Struct

from models.city import City

_LEADS: Final = ("关于", "投诉", "举报", "反映", "请问", "请求", "咨询", "建议", "希望", "请", "对", *[""] * 8)
_HOMES: Final = ("我是{}的业主，", "本人住{}，", "我家住在{}，", "我是{}居民。", "我在{}上班，")
_LETTERS: Final = "ABCDEFGHJKLM"
_LEVELS: Final = "市市市区区县省"
_NUMBERED: Final = ("栋", "号", "期", "组", "栋2单元", "号楼")
_TAILS: Final = ("三期", "二组", "对面", "旁边", "附近", "门口", "一楼", "南侧", "A区", "路口", "楼下", "北门")
_TAIL: Final = re.compile(
    r"(?:[A-Za-z]?[0-9一二三四五六七八九十]+(?:号楼|号|栋|幢|楼|单元|组|期|室|层|米)?|对面|旁边?|门口|附近|门前|路口|交叉口|交汇处"
    r"|楼下|[东西南北]侧|[东西南北]门|后面|一带|周边)+$"
)
_AREA: Final = re.compile(r"[A-Z]\d{0,2}[省市区县]")
_BODY: Final = re.compile(r"(?:公司|集团|局|委员会|政府|医院|学校|中学|小学|大学|学院|中心|办事处|派出所|法院|大队)$")
_OWN_PLACES: Final = 0.25
_SHORTEST: Final = 3  # characters of a name


class Told(Struct, frozen=True):
    """A title and a text with the words in them that say where it is and whom it is about; empty where nothing does."""

    title: str
    text: str
    place: str
    subject: str


class Retelling:
    """Tells letters in other ways. The same seed tells them in the same ways."""

    def __init__(self, city: City, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - chance in learning, no secret
        self._names = [entry.name for entry in city.gazetteer]
        self._areas = [*city.language.district_words]

    def __call__(self, letter: Told, home: str) -> Told:
        """Return the letter as another citizen might have written it; `home` is a place of no account here."""
        title = letter.title.replace(letter.place, "").replace(letter.subject, "")
        letter = Told(title, letter.text, letter.place, letter.subject)
        told = self._moved(letter) if letter.place in letter.text and self._is(_OWN_PLACES) else letter
        told = self._titled(told, home) if told.place else self._placed(told)
        gone = told.subject and told.subject not in told.text and told.subject not in told.title
        return Told(told.title, told.text, told.place, "") if gone else told

    def _is(self, share: float) -> bool:
        return self._chance.random() < share

    def _moved(self, told: Told) -> Told:
        """Tell it of a place of the city."""
        if not told.place or not self._names:
            return told
        place = self._chance.choice(self._names)
        if self._areas and self._is(0.35):
            place = self._chance.choice(self._areas) + place
        if self._is(0.6):
            place += self._tail()
        return Told(told.title.replace(told.place, place), told.text.replace(told.place, place), place, told.subject)

    def _titled(self, told: Told, home: str) -> Told:
        """Name the place in the title: whole, or in short where the text is more exact; the subject in every second."""
        title, text, place, subject = told.title, told.text, told.place, told.subject
        names_subject = bool(subject) and self._is(0.5)
        way = self._chance.random()
        if way < 0.3 and names_subject:
            return self._about(told)
        if way < 0.15:
            return told
        if self._is(0.15):
            vague = self._area() + self._chance.choice(("", "的", "市民", "部分小区"))
            return Told(self._lead() + vague + title, text, place, subject)
        short, exact, text = self._shortened(place, text)
        if short == exact and home and self._is(0.35):
            text = self._chance.choice(_HOMES).format(home) + text
        about = ("的" if self._is(0.3) else "") + subject if names_subject else ""
        return Told(self._lead() + short + about + title, text, exact, subject)

    def _shortened(self, place: str, text: str) -> tuple[str, str, str]:
        """Return how a title calls a place, how the letter calls it most exactly, and the text."""
        short, tail = place, _TAIL.search(place)
        has_area = bool(_AREA.match(place))
        if not tail and place in text and self._is(0.25):
            exact = place + self._tail()
            text, place = text.replace(place, exact, 1), exact
        elif tail and tail.start() >= _SHORTEST and self._is(0.55):
            short = place[: tail.start()]
        elif not has_area and self._is(0.6):
            short = place = self._area() + place
        if short != place and not has_area and self._is(0.6):
            short = self._area() + short
        return short, place, text

    def _placed(self, told: Told) -> Told:
        """Name the city or district of a letter that names no place, in every second."""
        if self._is(0.4):
            return told
        area = self._area()
        if told.subject and self._is(0.5):
            about = self._about(told)
            with_area = _AREA.match(about.subject)
            if with_area:
                return Told(about.title, about.text, with_area[0], about.subject)
            return Told(f"{self._lead()}{area}{told.subject}{told.title}", told.text, area, told.subject)
        if self._is(0.5):
            return Told(f"{self._lead()}{area}{told.title}", told.text, area, told.subject)
        return Told(
            f"{area}{self._chance.choice(('城区', '', '市区', '的'))}{told.title}", told.text, area, told.subject
        )

    def _about(self, told: Told) -> Told:
        """Name the subject in the title; a public body or company with its city."""
        subject = told.subject
        if _BODY.search(subject) and not _AREA.match(subject) and self._is(0.6):
            subject = self._area() + subject
        return Told(self._lead() + subject + told.title, told.text, told.place, subject)

    def _lead(self) -> str:
        return self._chance.choice(_LEADS)

    def _area(self) -> str:
        """Return a made-up city or district, written as the letters write theirs."""
        return (
            self._chance.choice(_LETTERS) + self._chance.choice(("", "", "1", "3", "7")) + self._chance.choice(_LEVELS)
        )

    def _tail(self) -> str:
        if self._is(0.6):
            return f"{self._chance.randint(1, 39)}{self._chance.choice(_NUMBERED)}"
        return self._chance.choice(_TAILS)
