"""Draw the map of the fictional city: `grids.geojson` (网格) and `gazetteer.csv` (地名).

Run `python draw_map.py` after a change to the streets of `departments.csv` or to `map_words.toml`; the same
input gives the same bytes. Grids are Voronoi cells of points on rings, wider apart outside the urban circle,
so that neighbours share their edges exactly. Districts, streets and communities are grown from neighbour to
neighbour, so that each of them is in one piece.
"""

import cmath
import csv
import heapq
import itertools
import json
import math
import random
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely import MultiPoint, orient_polygons, voronoi_polygons

HERE = Path(__file__).parent
SEED = 12345
CENTRE_LAT, CENTRE_LON = 29.1, 115.9
KM_PER_LAT = 110.9
KM_PER_LON = KM_PER_LAT * math.cos(math.radians(CENTRE_LAT))
URBAN_KM, CITY_KM, OUTER_KM = 8.75, 30.0, 44.0  # cells within the border are closed by points beyond it
URBAN_GRID_KM, RURAL_GRID_KM, RURAL_GROWTH = 0.62, 1.7, 0.125
COMMUNITY_GRIDS = 3.6
RECENTRINGS = 8
SERIES = ("街道", "镇", "乡")

Corner = tuple[float, float]


@dataclass
class Cell:
    """One grid: its middle (kilometres east + north·j of the centre), outline in (lon, lat), neighbours."""

    middle: complex
    outline: list[Corner]
    neighbours: set[int] = field(default_factory=set)


@dataclass
class Street:
    """A street or town: its grids by community, the stems of its names (the last for roads only)."""

    code: str
    short: str
    series: str
    district: str
    district_name: str
    region: str = ""
    stems: list[str] = field(default_factory=list)
    communities: dict[str, list[int]] = field(default_factory=dict)

    @property
    def is_urban(self) -> bool:
        """Whether it is a 街道, not a town."""
        return self.series == "街道"

    @property
    def land(self) -> list[int]:
        """All its cells."""
        return list(itertools.chain.from_iterable(self.communities.values()))


def read_streets() -> list[Street]:
    """The streets of departments.csv, in the order of the file: nearest to the middle first."""
    with (HERE / "departments.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["code"]: row["name"] for row in rows}
    return [
        Street(row["code"], row["name"].removesuffix(series), series, row["parent"], names[row["parent"]])
        for row in rows
        for series in SERIES
        if row["kind"] == "street" and row["name"].endswith(series)
    ]


def scatter(rng: random.Random) -> tuple[list[complex], int]:
    """Points on jittered rings, in kilometres; those before the returned count are inside the city."""
    points, inside = [0j], 0
    radius = URBAN_GRID_KM
    while radius < OUTER_KM:
        is_urban = radius < URBAN_KM
        spacing = URBAN_GRID_KM if is_urban else RURAL_GRID_KM + (radius - URBAN_KM) * RURAL_GROWTH
        count = round(2 * math.pi * radius / spacing)
        start = rng.random()
        for step in range(count):
            angle = 2 * math.pi * (step + start + rng.uniform(-0.24, 0.24)) / count
            bulge = 0.08 * math.cos(2 * angle + 0.7) + 0.06 * math.sin(3 * angle) + 0.03 * math.cos(5 * angle)
            points.append(cmath.rect((radius + spacing * rng.uniform(-0.24, 0.24)) * (1 + bulge), angle))
        if radius < CITY_KM:
            inside = len(points)
        radius += spacing * 0.92
    return points, inside


def draw_cells(rng: random.Random) -> list[Cell]:
    """The grids of the city, each knowing its neighbours by the edges they share."""
    points, inside = scatter(rng)
    cells: list[Cell] = []
    owners: dict[frozenset[Corner], list[int]] = defaultdict(list)
    mosaic = voronoi_polygons(MultiPoint([(p.real, p.imag) for p in points]), ordered=True)
    for number, polygon in enumerate(itertools.islice(orient_polygons(mosaic).geoms, inside)):
        # Six decimals are about ten centimetres; neighbours round the same corners to the same numbers.
        corners = [
            (round(CENTRE_LON + x / KM_PER_LON, 6), round(CENTRE_LAT + y / KM_PER_LAT, 6))
            for x, y in polygon.exterior.coords
        ]
        cells.append(Cell(points[number], [corner for corner, _ in itertools.groupby(corners)]))
        for edge in itertools.pairwise(cells[number].outline):
            owners[frozenset(edge)].append(number)
    for pair in owners.values():
        for one, other in itertools.permutations(pair, 2):
            cells[one].neighbours.add(other)
    return cells


def grow(cells: list[Cell], land: set[int], seeds: list[int], quotas: list[int]) -> list[list[int]]:
    """Share out connected land among seeds: who is furthest below its quota takes its nearest neighbour."""
    shares: list[list[int]] = [[] for _ in seeds]
    queues = [[(0.0, seed)] for seed in seeds]
    free = set(land)
    while free:
        for queue in queues:
            while queue and queue[0][1] not in free:
                heapq.heappop(queue)
        growing = [number for number, queue in enumerate(queues) if queue]
        taker = min(growing, key=lambda number: (len(shares[number]) / quotas[number], number))
        cell = heapq.heappop(queues[taker])[1]
        free.remove(cell)
        shares[taker].append(cell)
        for other in sorted(cells[cell].neighbours & free):
            heapq.heappush(queues[taker], (abs(cells[other].middle - cells[seeds[taker]].middle), other))
    return shares


def nearest(cells: list[Cell], land: list[int], point: complex) -> int:
    """The cell of the land nearest to a point."""
    return min(land, key=lambda cell: (abs(cells[cell].middle - point), cell))


def middle_of(cells: list[Cell], land: list[int]) -> complex:
    """The mean of the cells' middles."""
    return sum(cells[cell].middle for cell in land) / len(land)


def divide(cells: list[Cell], land: list[int], count: int) -> list[list[int]]:
    """Divide connected land into `count` compact connected pieces of about equal size."""
    seeds = [land[0]]
    while len(seeds) < count:
        chosen = [cells[seed].middle for seed in seeds]
        seeds.append(max(land, key=lambda cell: min(abs(cells[cell].middle - point) for point in chosen)))
    tries = []
    for _ in range(RECENTRINGS):
        pieces = grow(cells, set(land), seeds, [1] * count)
        tries.append(pieces)
        seeds = [nearest(cells, piece, middle_of(cells, piece)) for piece in pieces]
    return min(reversed(tries), key=lambda pieces: max(map(len, pieces)) - min(map(len, pieces)))


def settle(cells: list[Cell], streets: list[Street], districts: dict[str, Any]) -> None:
    """Give the streets their cells, by community: districts lie inside the urban circle, counties outside."""
    for is_county in (False, True):
        chosen = {code: district for code, district in districts.items() if district["county"] == is_county}
        land = {n for n, cell in enumerate(cells) if (abs(cell.middle) > URBAN_KM) == is_county}
        members = [[street for street in streets if street.district == code] for code in chosen]
        seeds = [nearest(cells, sorted(land), complex(*district["middle"])) for district in chosen.values()]
        shares = grow(cells, land, seeds, [len(group) for group in members])
        for district, group, share in zip(chosen.values(), members, shares, strict=True):
            centre = complex(*district["middle"]) if is_county else 0j
            pieces = divide(cells, share, len(group))
            ordered = sorted((abs(middle_of(cells, piece) - centre), piece) for piece in pieces)
            for number, (street, (_, piece)) in enumerate(zip(group, ordered, strict=True), 1):
                street.region = f"{district['region']}{number:03}"
                parts = divide(cells, piece, max(2, round(len(piece) / COMMUNITY_GRIDS)))
                villages_from = {"街道": len(parts), "镇": 1, "乡": 0}[street.series]
                names = [s + ("村" if n >= villages_from else "社区") for n, s in enumerate(street.stems)]
                street.communities = dict(zip(names, parts, strict=False))


def share_stems(rng: random.Random, words: dict[str, Any], streets: list[Street]) -> None:
    """Give every street stems of its own, its short name first."""
    kept = {street.short for street in streets} | set(words["avoid"])
    pools = [
        [head + tail for head in words["heads"] for tail in words[tails] if head + tail not in kept]
        for tails in ("rural_tails", "urban_tails")
    ]
    civic = words["civic"].split()
    for pool in (*pools, civic):
        rng.shuffle(pool)
    for street in streets:
        drawn = [pools[street.is_urban].pop() for _ in range(words["stems"])]
        street.stems = [street.short, *drawn, civic.pop()]


@dataclass
class Gazetteer:
    """The rows of gazetteer.csv so far, and every name and alias that is taken."""

    rng: random.Random
    cells: list[Cell]
    rows: list[list[str]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def add(self, text: str, kind: str, street: str, land: list[int]) -> None:
        """Put `name|alias|…` of a street somewhere into a cell of the land."""
        name, *aliases = text.split("|")
        outline = self.cells[self.rng.choice(land)].outline[:-1]
        weights = [self.rng.uniform(0.5, 1.5) for _ in outline]
        lon = sum(weight * corner[0] for weight, corner in zip(weights, outline, strict=True)) / sum(weights)
        lat = sum(weight * corner[1] for weight, corner in zip(weights, outline, strict=True)) / sum(weights)
        free = [alias for alias in aliases if alias not in self.taken]
        self.taken.update([name, *free])
        self.rows.append([name, "|".join(free), kind, f"{lat:.6f}", f"{lon:.6f}", street])

    def offer(self, pattern: str, kind: str, street: Street, stem: str, brand: str) -> bool:
        """Add the names of a pattern, unless one is taken or sounds wrong (翠湖 + 湖景)."""
        if "{s}" in pattern and stem[-1] in pattern:
            return False
        text = pattern.format(s=stem, b=brand, t=street.short, c=street.series, d=street.district_name)
        if any(entry.split("|")[0] in self.taken for entry in text.split(";")):
            return False
        for entry in text.split(";"):
            self.add(entry, kind, street.code, street.land)
        return True

    def fill(self, wanted: dict[str, Any], street: Street, brands: list[str]) -> None:
        """Add a street's names of one kind, each from another stem and, while they last, another pattern."""
        patterns = itertools.cycle(self.rng.sample(wanted["patterns"], len(wanted["patterns"])))
        stems = street.stems if wanted["kind"] == "road" else street.stems[:-1]
        for stem in self.rng.sample(stems, min(wanted["count"], len(stems))):
            for pattern in itertools.islice(patterns, len(wanted["patterns"])):
                if self.offer(pattern, wanted["kind"], street, stem, self.rng.choice(brands)):
                    break

    def add_villages(self, street: Street, hamlets: list[str]) -> None:
        """Add a town's villages (行政村), which are communities, and its hamlets (自然村)."""
        for name, land in street.communities.items():
            if name.endswith("村"):
                self.add(f"{name}|{name}委会", "village", street.code, land)
        for hamlet in hamlets:
            self.add(f"{hamlet}村|{hamlet}", "village", street.code, street.land)


def name_places(gazetteer: Gazetteer, words: dict[str, Any], streets: list[Street]) -> list[list[str]]:
    """Every row of the gazetteer, by street and kind."""
    land = {street.code: street.land for street in streets}
    for kind, lines in words["landmarks"].items():
        for code, text in (line.split() for line in lines):
            gazetteer.add(text, kind, code, land[code])
    hamlets = [f"{family}家{spot}" for family in words["surnames"] for spot in words["features"]]
    hamlets = gazetteer.rng.sample(sorted(set(hamlets) - set(words["avoid"])), len(hamlets) - 1)
    for street in streets:
        for wanted in words["urban" if street.is_urban else "rural"]:
            gazetteer.fill(wanted, street, words["brands"])
        if not street.is_urban:
            gazetteer.add_villages(street, [hamlets.pop() for _ in range(words["hamlets"])])
    order = list(land)
    return sorted(gazetteer.rows, key=lambda row: (order.index(row[5]), row[2]))


def grid_features(rng: random.Random, cells: list[Cell], street: Street) -> list[dict[str, Any]]:
    """The GeoJSON features of a street. A code is region 6 + street 3 + community 3 + grid 3."""
    features = []
    for place, (community, land) in enumerate(street.communities.items(), 1):
        for number, cell in enumerate(sorted(land), 1):
            households = rng.randint(300, 500) if street.is_urban else rng.randint(150, 300)
            code, name = f"{street.region}{place:03}{number:03}", f"{community}第{number}网格"
            properties: dict[str, Any] = {"code": code, "name": name, "community": community}
            properties |= {"street": street.code, "district": street.district, "households": households}
            geometry = {"type": "Polygon", "coordinates": [cells[cell].outline]}
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return features


def main() -> None:
    """Draw everything anew and write both files."""
    rng = random.Random(SEED)  # noqa: S311 - a map, not a secret
    words = tomllib.loads((HERE / "map_words.toml").read_text(encoding="utf-8"))
    streets, cells = read_streets(), draw_cells(rng)
    share_stems(rng, words, streets)
    settle(cells, streets, words["districts"])
    features = [feature for street in streets for feature in grid_features(rng, cells, street)]
    lines = [json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "grids.geojson").write_text(text, encoding="utf-8", newline="\n")
    rows = name_places(Gazetteer(rng, cells), words, streets)
    with (HERE / "gazetteer.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerows([["name", "aliases", "kind", "lat", "lon", "street"], *rows])


if __name__ == "__main__":
    main()
