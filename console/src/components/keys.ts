/** Keyboard shortcuts of what is on screen, told by `?`: a page gives its own, they go with it. */
import { onKeyStroke } from '@vueuse/core'
import { onUnmounted, reactive } from 'vue'

export interface Shortcut {
  /** As KeyboardEvent.key; with `alt` where the letter must also work while one types. */
  key: string
  alt?: boolean
  /** Keys of the words for what it does and for the part of the page it belongs to. */
  words: string
  group: string
  act: () => unknown
}

export const shortcuts = reactive<Shortcut[]>([])

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

// Enter presses what has the focus before it is anybody's shortcut.
const PRESSED = 'a,button,summary,td,[role=button],[role=menuitem],[role=tab]'
const isPressing = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' && (event.defaultPrevented || (event.target instanceof Element && event.target.closest(PRESSED) !== null))

/** While a dialog asks something, the page behind it rests. */
const isAsked = (): boolean => [...document.querySelectorAll('[aria-modal="true"]')].some((dialog) => dialog.checkVisibility())

/** Take part in the page's shortcuts while this component lives. */
export function useKeys(own: Shortcut[]): void {
  shortcuts.push(...own)
  onUnmounted(() => {
    for (const one of own) shortcuts.splice(shortcuts.findIndex((other) => other.act === one.act), 1)
  })
  onKeyStroke((event) => {
    if (event.ctrlKey || event.metaKey || isPressing(event)) return
    const found = own.find((one) => one.key.toLowerCase() === event.key.toLowerCase() && (one.alt ?? false) === event.altKey)
    if (!found || (!found.alt && (isTyping(event.target) || isAsked()))) return
    event.preventDefault()
    void found.act()
  })
}
