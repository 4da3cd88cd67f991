import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { useWords } from './words'

const category = (code: string, name: string, children: unknown[] = []): object => ({ code, name, children })

describe('the city\'s words', () => {
  it('name a category of whatever level, and a code that it does not have by itself', () => {
    setActivePinia(createPinia())
    const words = useWords()
    words.city = { categories: [category('01', '城乡建设', [category('0101', '市政设施', [category('010101', '路灯')])])], departments: [] } as never
    expect(['01', '0101', '010101', '99'].map(words.categoryName)).toEqual(['城乡建设', '市政设施', '路灯', '99'])
    expect(words.categoryName(null)).toBe('')
  })
})
