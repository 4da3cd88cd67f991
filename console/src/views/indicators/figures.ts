/** Lines of figures: one indicator's of a line, and its target in words. */
import type { Schemas } from '@/api/client'
import { shownValue, type FigureLine, type Indicator } from '@/components/indicators'

export type Line = Schemas['IndicatorLine']
export const figureOf = (line: Line, code: string): FigureLine | undefined => line.figures.find((one) => one.code === code)

/** Say what is to be reached; nothing where nothing is. */
export function targetOf(one: Indicator, t: (key: string, named: Record<string, unknown>) => string): string {
  if (one.target === null || one.target === undefined) return ''
  return t(one.direction === 'down' ? 'indicators.atMost' : 'indicators.atLeast', { value: shownValue(one.unit, one.target) })
}
