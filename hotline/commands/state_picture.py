"""A state diagram as an SVG picture: boxes where they were put, arrows and their words laid out here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

FONT: Final = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
WIDTH, HEIGHT = 126, 48
PORT_GAP: Final = 15
LETTER: Final = 12.5
LINE: Final = 15
MARGIN: Final = 26
STRONG, FAINT = "#3d5068", "#a3b1c1"
# Where along an arrow its words may stand, the middle first.
PLACES: Final = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8, 0.15, 0.85)


class Node(NamedTuple):
    """A state: its middle, its Chinese label, and whether it is an end. `label` empty: where all begins."""

    x: float
    y: float
    label: str
    is_end: bool = False


class Edge(NamedTuple):
    """An arrow between two states and the words on it."""

    before: str
    after: str
    words: tuple[str, ...]


class Point(NamedTuple):
    """Pixels from the upper left corner."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Tell whether two rectangles overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


Curve = tuple[Point, Point, Point, Point]


def picture(title: str, nodes: Mapping[str, Node], edges: Sequence[Edge]) -> str:
    """Return the SVG text; the same states and arrows give the same bytes."""
    curves = _curves(nodes, edges)
    crowds = Counter(edge.after for edge in edges if nodes[edge.after].is_end)
    said = list(_labels(nodes, edges, curves))
    taken = [_box(node) for node in nodes.values()] + [box for _, box in said]
    taken += [Box(p.x, p.y, p.x, p.y) for curve in curves for p in (_at(curve, n / 10) for n in range(11))]
    right = max(box.right for box in taken) + MARGIN
    bottom = max(box.bottom for box in taken) + MARGIN
    left = min(box.left for box in taken) - MARGIN
    top = min(box.top for box in taken) - MARGIN
    width, height = right - left, bottom - top
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}"',
        f' font-family="{FONT}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<defs>{''.join(_tip(colour) for colour in (STRONG, FAINT))}</defs>",
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}" rx="10" fill="#fff"/>',
        *(_arrow(nodes, edge, curve, crowds[edge.after]) for edge, curve in zip(edges, curves, strict=True)),
        *(_drawn(name, node) for name, node in nodes.items()),
        *(_written(words, box) for words, box in said),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _curves(nodes: Mapping[str, Node], edges: Sequence[Edge]) -> list[Curve]:
    """Route every arrow from a port of one box to a port of another; ports of a side are spread along it."""
    sides = [_sides(nodes[edge.before], nodes[edge.after], nodes.values()) for edge in edges]
    crowds: dict[tuple[str, str], list[tuple[float, int, int]]] = defaultdict(list)
    for number, (edge, (out, into)) in enumerate(zip(edges, sides, strict=True)):
        crowds[edge.before, out].append((nodes[edge.after].x, number, 0))
        crowds[edge.after, into].append((nodes[edge.before].x, number, 1))
    ports: dict[tuple[int, int], Point] = {}
    for (name, side), crowd in crowds.items():
        for place, (_, number, end) in enumerate(sorted(crowd)):
            ports[number, end] = _port(nodes[name], side, place - (len(crowd) - 1) / 2)
    return [_curve(ports[number, 0], ports[number, 1], *sides[number]) for number in range(len(edges))]


def _sides(before: Node, after: Node, nodes: Iterable[Node]) -> tuple[str, str]:
    """Return on which side an arrow leaves and on which it arrives."""
    if before.y > after.y:
        return "top", "bottom"
    if before.y < after.y:
        return "bottom", "top"
    if before.x > after.x:
        return "bottom", "bottom"
    is_between = any(node.y == before.y and before.x < node.x < after.x for node in nodes)
    return ("top", "top") if is_between else ("right", "left")


def _port(node: Node, side: str, place: float) -> Point:
    width, height = (WIDTH, HEIGHT) if node.label else (14, 14)
    if side in {"top", "bottom"}:
        gap = min(PORT_GAP, (WIDTH - 20) / max(1.0, 2 * abs(place) + 1)) if place else PORT_GAP
        return Point(node.x + place * gap, node.y + (height / 2 if side == "bottom" else -height / 2))
    return Point(node.x + (width / 2 if side == "right" else -width / 2), node.y + place * 12)


def _curve(start: Point, end: Point, out: str, into: str) -> Curve:
    if out == "right":
        third = (end.x - start.x) / 3
        return start, Point(start.x + third, start.y), Point(end.x - third, end.y), end
    if out == into:
        # A way back runs below the row, a way past other states above it; the further, the wider.
        width = 44 + 0.16 * abs(end.x - start.x)
        level = start.y + (width if out == "bottom" else -width)
        lean = 10 if start.x < end.x else -10
        return start, Point(start.x + lean, level), Point(end.x - lean, level), end
    middle = (start.y + end.y) / 2
    return start, Point(start.x, middle), Point(end.x, middle), end


def _at(curve: Curve, t: float) -> Point:
    """Return the point at a part `t` (0..1) of a Bézier curve."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return Point(
        sum(weight * point.x for weight, point in zip(weights, curve, strict=True)),
        sum(weight * point.y for weight, point in zip(weights, curve, strict=True)),
    )


def _labels(
    nodes: Mapping[str, Node], edges: Sequence[Edge], curves: Sequence[Curve]
) -> Iterator[tuple[tuple[str, ...], Box]]:
    """Yield the words of the arrows and where they stand; arrows into one end that say the same say it once."""
    taken = [_box(node) for node in nodes.values()]
    said: set[tuple[str, tuple[str, ...]]] = set()
    for edge, curve in zip(edges, curves, strict=True):
        if nodes[edge.after].is_end and (edge.after, edge.words) in said:
            continue
        said.add((edge.after, edge.words))
        box = _free_place(edge.words, curve, taken)
        taken.append(box)
        yield edge.words, box


def _free_place(words: tuple[str, ...], curve: Curve, taken: Sequence[Box]) -> Box:
    """Return where words stand on a curve: the first place that nothing else takes."""
    width = max(map(len, words)) * LETTER
    height = len(words) * LINE
    boxes = []
    for t in PLACES:
        x, y = _at(curve, t)
        boxes.append(Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    return next((box for box in boxes if not any(box.meets(other) for other in taken)), boxes[0])


def _box(node: Node) -> Box:
    width, height = (WIDTH, HEIGHT) if node.label else (14, 14)
    return Box(node.x - width / 2, node.y - height / 2, node.x + width / 2, node.y + height / 2)


def _tip(colour: str) -> str:
    return (
        f'<marker id="{_tip_id(colour)}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 1 9 5 0 9z" fill="{colour}"/></marker>'
    )


def _tip_id(colour: str) -> str:
    return f"tip-{colour[1:]}"


def _arrow(nodes: Mapping[str, Node], edge: Edge, curve: Curve, crowd: int) -> str:
    """Draw an arrow; those of a crowd into one end are faint, so that the main way stands out."""
    start, *others = (f"{point.x:.1f} {point.y:.1f}" for point in curve)
    names = [nodes[name].label or "开始" for name in (edge.before, edge.after)]
    told = f"{names[0]} → {names[1]}：{'、'.join(edge.words)}"
    colour, width = (FAINT, "1.3") if crowd > 1 else (STRONG, "1.8")
    return (
        f'<path d="M{start}C{" ".join(others)}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'marker-end="url(#{_tip_id(colour)})"><title>{escape(told)}</title></path>'
    )


def _drawn(name: str, node: Node) -> str:
    if not node.label:
        return f'<circle cx="{node.x:g}" cy="{node.y:g}" r="7" fill="#1d2b3a"/>'
    box = _box(node)
    fill, stroke = ("#eef1f5", "#8796a8") if node.is_end else ("#e3edf9", "#0b3d7a")
    return (
        f'<rect x="{box.left:g}" y="{box.top:g}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.5"/><text x="{node.x:g}" y="{node.y - 3:g}" font-size="15" '
        f'font-weight="600" text-anchor="middle" fill="#1d2b3a">{escape(node.label)}</text>'
        f'<text x="{node.x:g}" y="{node.y + 15:g}" font-size="11" text-anchor="middle" fill="#52647a">{name}</text>'
    )


def _written(words: tuple[str, ...], box: Box) -> str:
    middle = (box.left + box.right) / 2
    lines = "".join(
        f'<tspan x="{middle:.1f}" y="{box.top + 12 + n * LINE:.1f}">{escape(word)}</tspan>'
        for n, word in enumerate(words)
    )
    return (
        '<text font-size="12" text-anchor="middle" fill="#1d2b3a" stroke="#fff" stroke-width="4" '
        f'paint-order="stroke" stroke-linejoin="round">{lines}</text>'
    )
