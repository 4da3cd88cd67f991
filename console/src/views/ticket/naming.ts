/** What the hub and the city call things, for whoever reads a trail. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Schemas } from '@/api/client'
import { useWords } from '@/stores/words'
import type { Naming } from './trail'

type Category = Schemas['CityCategory']
const flat = (categories: Category[]): Category[] => categories.flatMap((one) => [one, ...flat(one.children)])

export function useNaming(): ComputedRef<Naming> {
  const { t } = useI18n()
  const words = useWords()
  const categories = computed(() => new Map(flat(words.city?.categories ?? []).map((one) => [one.code, one.name])))
  return computed(() => ({
    label: words.label,
    department: words.departmentName,
    category: (code) => categories.value.get(code) ?? code,
    yes: t('yes'),
    no: t('no'),
  }))
}
