/** Figures that stay true while one looks at them: read at once, after what happens live, and now and then since clocks run. */
import { useDebounceFn, useIntervalFn } from '@vueuse/core'
import { onMounted, onUnmounted } from 'vue'
import { useLive } from '@/stores/live'

/** Read now, `after` milliseconds after something happened that `renews`, and at least `every` milliseconds. */
export function useFresh(read: () => unknown, { renews = () => true, after = 2_000, every = 30_000 }: { renews?: (event: string) => boolean; after?: number; every?: number } = {}): void {
  const soon = useDebounceFn(() => { void read() }, after, { maxWait: after * 4 })
  const live = useLive()
  const stops: (() => void)[] = []
  onMounted(() => {
    void read()
    stops.push(live.listen((event) => { if (renews(event.type)) void soon() }), live.onGap(() => { void read() }))
  })
  useIntervalFn(() => { if (!document.hidden) void read() }, every)
  onUnmounted(() => { for (const stop of stops) stop() })
}
