import { describe, expect, it } from 'vitest'
import { ProblemError } from '@/api/client'
import { takeAll, type Outcome } from './bulk'

const rows = ['1', '2', '3'].map((number) => ({ number }))

describe('a step for many rows', () => {
  it('goes on after one that the hub refuses, and tells its words', async () => {
    const told: Outcome[] = []
    await takeAll(rows, async (row) => {
      if (row.number === '2') throw new ProblemError({ status: 409, code: 'stale_version', detail: '工单已变化' })
    }, (one) => told.push(one))
    expect(told.map((one) => [one.number, one.done])).toEqual([['1', true], ['2', false], ['3', true]])
    expect(told[1]?.told).toBe('工单已变化')
  })
  it('stops between two rows, never amid one', async () => {
    const told: Outcome[] = []
    await takeAll(rows, async () => undefined, (one) => told.push(one), () => told.length >= 1)
    expect(told).toHaveLength(1)
  })
})
