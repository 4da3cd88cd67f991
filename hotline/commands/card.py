"""hotline nlu card: what the model in use promises, how well its probabilities hold, and a picture of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hotline.commands.installation import setup
from hotline.model_in_use import present
from models.city_corpus import read_calibration
from models.city_files import read_city

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hotline.config import Settings

BINS: Final = 10
BLOCK: Final = "█"
SIDE, EDGE = 320, 40


class Bin(Struct, frozen=True):
    """Requests of about one probability: how sure the model was on average and how often it was right (0..1)."""

    count: int
    sure: float
    right: float


def card(settings: Settings, picture: Path | None) -> None:
    """Print the card and, where a file is named, draw the reliability of the probabilities into it (SVG)."""
    setup(settings)
    city = read_city(settings.city)
    reader = present(settings, city)
    rows = read_calibration(settings.city)
    now = datetime.now(UTC)
    judged = []
    for row in rows:
        read = reader.understand(row.text, title=row.title or None, received_at=now)
        leads = set(map(city.lead_of, row.codes))
        judged.append((read.lead_p, city.lead_of(read.categories[0].code) in leads))
    print(f"{city.name} 理解模型 {reader.model_version}\n")
    promised = reader.guarantee
    if promised is None:
        print("没有自动派单的保证：缺校准集，或在校准集上未达到要求。所有诉求先到派单台。")
    else:
        print(f"自动派单的保证：派错主办单位不超过{promised.error:.1%}，置信度{promised.confidence:.0%}。")
        print(f"校准诉求{promised.rows}件，其中{promised.dispatched}件过线，派错{promised.wrong}件。")
        print(
            f"有把握线的分类{len(promised.bars)}个，最低{min(promised.bars.values()):.1%}，最高{max(promised.bars.values()):.1%}。"
        )
        print("这一保证只对与校准集同类的诉求成立；测试用的信件和城市的语料都没有参与定线。\n")
    found = bins(judged)
    print("主办单位的把握与实际对错（校准集；把握线由它检验，类别模型没有学过它）")
    print("把握\t件数\t平均把握\t实际正确")
    for index, one in enumerate(found):
        if one.count:
            low, high = index / BINS, (index + 1) / BINS
            print(
                f"{low:.0%}–{high:.0%}\t{one.count}\t{one.sure:.1%}\t{one.right:.1%}\t{BLOCK * round(one.right * 20)}"
            )
    print(f"预期校准误差 {calibration_error(found):.3f}")
    if picture is not None:
        picture.write_text(draw(found), encoding="utf-8")
        print(f"已画入 {picture}")


def bins(judged: Iterable[tuple[float, bool]]) -> list[Bin]:
    """Sort (probability, was it right) into ten bins of equal width."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for sure, is_right in judged:
        members[min(int(sure * BINS), BINS - 1)].append((sure, is_right))
    return [
        Bin(len(own), sum(sure for sure, _ in own) / (len(own) or 1), sum(right for _, right in own) / (len(own) or 1))
        for own in members
    ]


def calibration_error(found: list[Bin]) -> float:
    """Return the mean distance between how sure and how right (0..1), every request weighing the same."""
    total = sum(one.count for one in found) or 1
    return sum(one.count * abs(one.sure - one.right) for one in found) / total


def draw(found: list[Bin]) -> str:
    """Return the reliability diagram: on the dotted line the model is as right as it says."""
    size = SIDE + 2 * EDGE
    most = max(one.count for one in found) or 1
    dots = "".join(
        f'<circle cx="{EDGE + one.sure * SIDE:.0f}" cy="{EDGE + (1 - one.right) * SIDE:.0f}" '
        f'r="{4 + 12 * (one.count / most) ** 0.5:.0f}" fill="#1f6feb" fill-opacity="0.6"/>'
        for one in found
        if one.count
    )
    ticks = "".join(
        f'<text x="{EDGE + at * SIDE:.0f}" y="{size - EDGE + 16}" text-anchor="middle">{at:.0%}</text>'
        f'<text x="{EDGE - 6}" y="{EDGE + (1 - at) * SIDE + 4:.0f}" text-anchor="end">{at:.0%}</text>'
        for at in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="11">'
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#8c959f"/>'
        f'<line x1="{EDGE}" y1="{size - EDGE}" x2="{size - EDGE}" y2="{EDGE}" stroke="#8c959f" stroke-dasharray="4"/>'
        f'{dots}{ticks}<text x="{size / 2:.0f}" y="{size - 6}" text-anchor="middle">主办单位的把握</text>'
        f'<text x="{size / 2:.0f}" y="20" text-anchor="middle">实际正确的比例（圆的大小为件数）</text></svg>\n'
    )
