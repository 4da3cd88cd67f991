/** What the hub and the city call things, for whoever reads a trail. */
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useWords } from '@/stores/words'
import type { Naming } from './trail'

export function useNaming(): ComputedRef<Naming> {
  const { t } = useI18n()
  const words = useWords()
  return computed(() => ({
    label: words.label,
    department: words.departmentName,
    category: words.categoryName,
    yes: t('yes'),
    no: t('no'),
  }))
}
