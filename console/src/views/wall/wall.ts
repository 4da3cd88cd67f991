/** What the wall (大屏) reckons before it draws: how large it stands, how the day runs, which rows pass by. */
import type { EChartsCoreOption } from 'echarts/core'
import type { Schemas } from '@/api/client'

export const WIDTH = 1920
export const HEIGHT = 1080
export const INK = { text: '#e8f0fa', muted: '#a9bdd6', line: '#27405f', blue: '#58b0ff', red: '#ff7b7b', amber: '#f7b955', green: '#62d394', ground: '#1a3152', edge: '#3d6496' }
const URGENCY = ['', INK.red, INK.amber, INK.blue, INK.muted]

/** How much the wall is enlarged, and how far moved, to stand whole in the middle of a screen. */
export function fit(width: number, height: number): { scale: number; left: number; top: number } {
  const scale = Math.min(width / WIDTH, height / HEIGHT)
  return { scale, left: Math.max(0, (width - WIDTH * scale) / 2), top: Math.max(0, (height - HEIGHT * scale) / 2) }
}

export interface DayRun {
  /** Requests so far at the end of each hour, from midnight; nothing for what is to come. */
  came: number[]
  /** What was to be expected by then, with its bounds; empty where nothing was forecast or no hour is known to be usual. */
  expected: number[]
  low: number[]
  high: number[]
}

/** The day as sums from midnight on: 25 points, of which the last that is known is now. */
export function dayRun(today: Schemas['Today']): DayRun {
  const came = [0]
  for (const { requests } of today.hours) {
    if (requests === null) break
    came.push((came.at(-1) ?? 0) + requests)
  }
  const isUsual = today.forecast !== null && today.hours.every((one) => one.usual !== null)
  const shares = [0]
  for (const { usual } of today.hours) shares.push((shares.at(-1) ?? 0) + (usual ?? 0))
  const at = (whole: number): number[] => (isUsual ? shares.map((share) => Math.round(whole * share * 10) / 10) : [])
  return { came, expected: at(today.forecast?.expected ?? 0), low: at(today.forecast?.low ?? 0), high: at(today.forecast?.high ?? 0) }
}

/** The line of the day against its forecast. */
export function dayOption(today: Schemas['Today'], said: { came: string; expected: string }): EChartsCoreOption {
  const run = dayRun(today)
  const axis = { axisLabel: { color: INK.muted, fontSize: 17 }, axisLine: { lineStyle: { color: INK.line } }, splitLine: { lineStyle: { color: INK.line } } }
  const flat = today.forecast && !run.expected.length ? today.forecast : null
  return {
    animation: false,
    grid: { left: 58, right: 20, top: 42, bottom: 30 },
    legend: { top: 0, right: 0, textStyle: { color: INK.text, fontSize: 18 }, itemWidth: 26, data: today.forecast ? [said.came, said.expected] : [said.came] },
    xAxis: { type: 'category', data: Array.from({ length: 25 }, (_, hour) => String(hour)), boundaryGap: false, ...axis, axisLabel: { ...axis.axisLabel, interval: 3 } },
    yAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 4, ...axis },
    series: [
      { name: 'low', type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, data: run.low },
      { name: 'band', type: 'line', stack: 'band', symbol: 'none', silent: true, lineStyle: { opacity: 0 }, areaStyle: { color: INK.amber, opacity: 0.2 }, data: run.high.map((high, i) => Math.round((high - (run.low[i] ?? 0)) * 10) / 10) },
      { name: said.expected, type: 'line', symbol: 'none', lineStyle: { color: INK.amber, width: 2, type: 'dashed' }, itemStyle: { color: INK.amber }, data: flat ? Array<number>(25).fill(flat.expected) : run.expected },
      { name: said.came, type: 'line', symbol: 'none', lineStyle: { color: INK.blue, width: 4 }, itemStyle: { color: INK.blue }, areaStyle: { color: INK.blue, opacity: 0.18 }, data: run.came },
    ],
  }
}

const FRESH_MS = 600_000
const HANDFUL = 5

interface Shapes {
  features: { properties: { name: string }; geometry: { coordinates: number[][][][] } }[]
}
const WIDE = 0.25

/** Districts that are wide enough on the map to bear their name: the others are told beside it. */
export function wideRegions(shapes: Shapes): Set<string> {
  const spans = shapes.features.map((one) => {
    const lons = one.geometry.coordinates.flatMap((polygon) => polygon[0] ?? []).map(([lon]) => lon ?? 0)
    return { name: one.properties.name, from: Math.min(...lons), to: Math.max(...lons) }
  })
  const whole = Math.max(...spans.map((one) => one.to)) - Math.min(...spans.map((one) => one.from))
  return new Set(spans.filter((one) => one.to - one.from > whole * WIDE).map((one) => one.name))
}

/** The map: districts by what is overdue in them, and where the newest requests are about; those of the last ten minutes beat. */
export function mapOption(ground: Schemas['BacklogGround'], wide: Set<string>): EChartsCoreOption {
  const late = ground.districts.flatMap((one) => (one.district ? [{ name: one.district.name, value: one.backlog_net, open: one.open }] : []))
  // One ticket is no alarm: the red of the map is for a handful and more.
  const most = Math.max(HANDFUL, ...late.map((one) => one.value))
  const now = Date.parse(ground.at)
  const points = ground.newest.flatMap((one) => (one.lat === null || one.lon === null ? [] : [{ value: [one.lon, one.lat], itemStyle: { color: URGENCY[one.urgency] }, isNew: now - Date.parse(one.registered_at) < FRESH_MS }]))
  return {
    animation: false,
    visualMap: { show: false, min: 0, max: most, inRange: { color: ['#1a3152', '#1f4a80', '#7a3a55', '#a83a4a'] }, seriesIndex: 0 },
    geo: { map: 'wall', roam: false, silent: true, top: 6, bottom: 6, right: 40, itemStyle: { areaColor: INK.ground, borderColor: INK.edge, borderWidth: 1.5 }, label: { show: true, color: INK.text, fontSize: 20, formatter: ({ name }: { name: string }) => (wide.has(name) ? name : '') } },
    series: [
      { type: 'map', geoIndex: 0, data: late },
      { type: 'scatter', coordinateSystem: 'geo', silent: true, symbolSize: 9, itemStyle: { opacity: 0.75 }, data: points.filter((one) => !one.isNew) },
      { type: 'effectScatter', coordinateSystem: 'geo', silent: true, symbolSize: 13, rippleEffect: { scale: 3.2, period: 3 }, data: points.filter((one) => one.isNew) },
    ],
  }
}

/** The rows that pass by: `n` of them from `start` on, going round. */
export function passing<T>(rows: T[], start: number, n: number): T[] {
  if (rows.length <= n) return rows
  return Array.from({ length: n }, (_, i) => rows[(start + i) % rows.length] as T)
}
