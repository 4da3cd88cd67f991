/** What a rejection begins with: what the check found, in the hub's words, one a line; the reviewer writes on. */
export const reasonsOf = (findings: readonly { name: string; advice: string }[]): string =>
  findings.map((one) => `${one.name}：${one.advice}`).join('\n')
