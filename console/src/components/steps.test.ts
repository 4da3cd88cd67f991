import { describe, expect, it } from 'vitest'
import { fieldsOf, filled, labelsOf, namesPart, STEPS } from './steps'

describe('the steps of a ticket', () => {
  it('puts required fields first and leaves out what the console knows', () => {
    const names = fieldsOf('send_back').map(([name]) => name)
    expect(names.slice(0, 2).sort()).toEqual(['duty_argument', 'reason'])
    expect(names).not.toContain('assignment')
  })
  it('has no field of a sort that no widget draws', () => {
    const odd = Object.values(STEPS).flatMap((step) => Object.values(step.fields)).filter((field) => field.type === undefined && field.enum === undefined && field.sort === undefined)
    expect(odd).toEqual([])
  })
  it('sends nothing of what was left empty, but a false is said', () => {
    expect(filled({ a: '', b: null, c: [], d: false, e: 0 })).toEqual({ d: false, e: 0 })
  })
  it('knows which steps are about a part', () => {
    expect(namesPart('acknowledge')).toBe(true)
    expect(namesPart('merge')).toBe(false)
  })
  it('finds the labels of an enum', () => {
    expect(labelsOf('AssignmentRole')).toBe('assignment_role')
  })
})
