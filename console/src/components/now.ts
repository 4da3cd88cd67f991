/** The hub's time, ticking once a second for all who look at it. */
import { onMounted, onUnmounted, ref, type Ref } from 'vue'
import { useSession } from '@/stores/session'

const now = ref(0)
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Return the hub's time in milliseconds, renewed every second while somebody looks. */
export function useNow(): Ref<number> {
  const session = useSession()
  now.value = session.now()
  onMounted(() => {
    watchers += 1
    timer ??= setInterval(() => { now.value = session.now() }, 1000)
  })
  onUnmounted(() => {
    watchers -= 1
    if (watchers === 0) {
      clearInterval(timer)
      timer = undefined
    }
  })
  return now
}
