/** Whether somebody is at this screen: who types or moves the pointer is. */
const GONE_AFTER_MS = 60_000

let lastAct = Date.now()
for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
  window.addEventListener(kind, () => { lastAct = Date.now() }, { capture: true, passive: true })
}

/** Tell whether nobody has touched a key or the pointer for over a minute. */
export const isUnattended = (): boolean => Date.now() - lastAct > GONE_AFTER_MS
