/** `=`, `<`, `>=`, `s==`, `<in>`, `<all-in> a b`, `<or> a <or> b`: the small language of extra specs. `=` says "at least". */
export function meets(wanted: string, value: string): boolean {
  const [op = '', ...rest] = wanted.trim().split(/\s+/)
  const argument = rest.join(' ')
  const numeric: Record<string, (a: number, b: number) => boolean> = { '=': (a, b) => a >= b, '==': (a, b) => a === b, '!=': (a, b) => a !== b, '>=': (a, b) => a >= b, '<=': (a, b) => a <= b }
  if (numeric[op] !== undefined && argument !== '') return numeric[op](Number(value), Number(argument))
  const textual: Record<string, (a: string, b: string) => boolean> = { 's==': (a, b) => a === b, 's!=': (a, b) => a !== b, 's<': (a, b) => a < b, 's<=': (a, b) => a <= b, 's>': (a, b) => a > b, 's>=': (a, b) => a >= b }
  if (textual[op] !== undefined) return textual[op](value, argument)
  if (op === '<in>') return value.includes(argument)
  if (op === '<all-in>') return rest.every((word) => value.includes(word))
  if (op === '<or>') return wanted.split('<or>').map((part) => part.trim()).filter((part) => part !== '').includes(value)
  return wanted === value
}
