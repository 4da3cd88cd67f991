/** The hub's words: the Chinese label of every state, action, kind and role, and the city's codes with their names. */
import { defineStore } from 'pinia'
import { ask, http, type Schemas } from '@/api/client'

type Category = Schemas['CityCategory']
const flat = (categories: Category[]): Category[] => categories.flatMap((one) => [one, ...flat(one.children)])

export const useWords = defineStore('words', {
  state: () => ({
    labels: {} as Record<string, Record<string, string>>,
    city: null as Schemas['CityChoices'] | null,
  }),
  getters: {
    label: (state) => (sort: string, value: string | number | null | undefined): string =>
      value === null || value === undefined ? '' : (state.labels[sort]?.[String(value)] ?? String(value)),
    departmentName: (state) => {
      const names = new Map(state.city?.departments.map((one) => [one.code, one.name]))
      return (code: string | null | undefined): string => (code ? (names.get(code) ?? code) : '')
    },
    /** Of whatever level. */
    categoryName: (state) => {
      const names = new Map(flat(state.city?.categories ?? []).map((one) => [one.code, one.name]))
      return (code: string | null | undefined): string => (code ? (names.get(code) ?? code) : '')
    },
  },
  actions: {
    async load(): Promise<void> {
      const [labels, city] = await Promise.all([ask(http.GET('/api/v1/labels')), ask(http.GET('/api/v1/city'))])
      this.labels = labels
      this.city = city
    },
  },
})
