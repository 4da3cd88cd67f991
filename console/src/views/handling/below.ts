/** Who stands below a unit, at any depth, in the city's order. */
export interface Unit {
  code: string
  name: string
  parent: string | null
}

export function below<T extends Unit>(units: readonly T[], top: string): T[] {
  const parents = new Map(units.map((one) => [one.code, one.parent]))
  const isBelow = (code: string): boolean => {
    let at = parents.get(code) ?? null
    for (let steps = 0; at !== null && steps < units.length; steps++) {
      if (at === top) return true
      at = parents.get(at) ?? null
    }
    return false
  }
  return units.filter((one) => isBelow(one.code))
}
