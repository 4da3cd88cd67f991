/** How a delivery is shown. */

/** Return the colour of a state: what never arrived is red. */
export const toneOf = (state: string): 'success' | 'danger' | 'warning' => (state === 'delivered' ? 'success' : state === 'dead' ? 'danger' : 'warning')

/** Return a body as it is read by people: in lines, with what is nested indented. */
export const bodyText = (body: unknown): string => JSON.stringify(body, null, 2)
