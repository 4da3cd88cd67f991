/** Which rows of a long list are in view: in a box that scrolls, or in the page where the box grows with its rows. */
import { useResizeObserver } from '@vueuse/core'
import { nextTick, onMounted, onUnmounted, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

export interface Stretch { first: number; last: number }
export interface InView {
  stretch: ShallowRef<Stretch>
  /** Bring a row into view. */
  show: (row: number) => void
}

/** Return the first row to be drawn and the one after the last, some more on both sides. */
export function stretchOf(top: number, height: number, row: number, rows: number, margin: number): Stretch {
  const first = Math.max(0, Math.floor(top / row) - margin)
  return { first: Math.min(first, Math.max(0, rows - 1)), last: Math.min(rows, Math.ceil((top + height) / row) + margin) }
}

const MARGIN = 8

export function useInView(box: Ref<HTMLElement | undefined>, row: () => number, rows: () => number): InView {
  const stretch = shallowRef<Stretch>({ first: 0, last: 0 })
  let asked = 0
  let own = true
  const scrolls = (of: HTMLElement): boolean => getComputedStyle(of).maxHeight !== 'none'

  function look(): void {
    asked = 0
    const of = box.value
    if (!of) return
    const [top, height] = own ? [of.scrollTop, of.clientHeight] : [Math.max(0, -of.getBoundingClientRect().top), innerHeight]
    const next = stretchOf(top, height, row(), rows(), MARGIN)
    if (next.first !== stretch.value.first || next.last !== stretch.value.last) stretch.value = next
  }
  // Once a frame at most, and nothing is asked of the page's style meanwhile.
  const soon = (): void => { asked ||= requestAnimationFrame(look) }
  watch([box, row, rows], async () => {
    await nextTick()
    if (box.value) own = scrolls(box.value)
    look()
  }, { immediate: true, flush: 'post' })
  watch(box, (now, before) => { before?.removeEventListener('scroll', soon); now?.addEventListener('scroll', soon, { passive: true }) }, { flush: 'post' })
  useResizeObserver(box, () => { if (box.value) own = scrolls(box.value); soon() })
  onMounted(() => { addEventListener('scroll', soon, { passive: true }); addEventListener('resize', soon, { passive: true }) })
  onUnmounted(() => { removeEventListener('scroll', soon); removeEventListener('resize', soon); cancelAnimationFrame(asked) })

  function show(at: number): void {
    const of = box.value
    if (!of) return
    const [top, height] = [at * row(), own ? of.clientHeight : innerHeight]
    const seen = own ? of.scrollTop : -of.getBoundingClientRect().top
    if (top >= seen && top <= seen + height - row()) return
    const to = Math.max(0, top - height / 2)
    if (own) of.scrollTop = to
    else scrollBy(0, to - seen)
  }
  return { stretch, show }
}
