import { expect, it } from 'vitest'
import { countdown } from './countdown'

it('counts down in minutes and seconds, and on once it has run out', () => {
  expect(countdown(65_400)).toEqual({ said: '1:05', isOver: false })
  expect(countdown(-7_389_000)).toEqual({ said: '2:03:09', isOver: true })
})
