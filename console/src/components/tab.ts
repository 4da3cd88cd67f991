/** Which part of a page is shown, kept in its address so that it can be linked to and comes back on reload. */
import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Return the shown part, the first of `names` where the address names none. */
export function useTab<T extends string>(names: readonly [T, ...T[]]): WritableComputedRef<T> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => names.find((name) => name === route.query.tab) ?? names[0],
    set: (tab) => { void router.replace({ query: { ...route.query, tab } }) },
  })
}
