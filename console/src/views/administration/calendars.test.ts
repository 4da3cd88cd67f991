import { describe, expect, it } from 'vitest'
import { spans } from './calendars'

describe('days of a year', () => {
  it('says days in a row as one span, also over the end of a month', () => {
    expect(spans(['2026-01-01', '2026-01-02', '2026-01-03', '2026-05-09'])).toEqual(['1月1日–1月3日', '5月9日'])
    expect(spans(['2026-09-30', '2026-10-01'])).toEqual(['9月30日–10月1日'])
    expect(spans([])).toEqual([])
  })
})
