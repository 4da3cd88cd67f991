/** Indicators (指标) as people read them: a share in per cent, working days with one decimal, and whether the target is met. */
import type { Schemas } from '@/api/client'
import { percent } from './moment'

export type Indicator = Schemas['Indicator']
export type FigureLine = Schemas['FigureLine']

/** 0.953 → 95.3%, 1.4 working days → 1.4; a dash where nothing was due. */
export function shownValue(unit: string | undefined, value: number | null | undefined): string {
  if (value === null || value === undefined) return '—'
  return unit === 'working_days' ? value.toFixed(1) : percent(value)
}

/** The class by which a figure is coloured: by the hub's own judgement of its target. */
export const judged = (figure: { is_met: boolean | null } | undefined): string =>
  figure?.is_met === undefined || figure.is_met === null ? '' : figure.is_met ? 'calm' : 'late'

export interface DimensionFigures {
  code: string
  name: string
  figures: { indicator: Indicator; figure: FigureLine | undefined }[]
}

/** Return the indicators of each dimension with their figures, those that have a target first. */
export function byDimension(definitions: Schemas['Definitions'], figures: FigureLine[]): DimensionFigures[] {
  const found = new Map(figures.map((one) => [one.code, one]))
  const hasTarget = (one: Indicator): number => (one.target === null || one.target === undefined ? 1 : 0)
  return definitions.dimensions.map(({ code, name }) => ({
    code,
    name,
    figures: definitions.indicators
      .filter((one) => one.dimension === code)
      .sort((one, other) => hasTarget(one) - hasTarget(other))
      .map((indicator) => ({ indicator, figure: found.get(indicator.code) })),
  }))
}
