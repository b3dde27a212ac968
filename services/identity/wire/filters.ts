/**
 * Filters of lists: `name=x`, and inexact ones `name__contains=x`, `__startswith`, `__endswith`, each also with an
 * `i` in front of the comparator for "without regard to case". What is not a filter of the resource is ignored.
 */
export interface Filter { name: string; value: string; comparator: string; caseSensitive: boolean }

export function readFilters(query: URLSearchParams, supported: readonly string[]): Filter[] {
  const filters: Filter[] = []
  for (const [key, value] of query) {
    if (supported.includes(key)) {
      filters.push({ name: key, value, comparator: 'equals', caseSensitive: true })
      continue
    }
    const [base, comparator, ...rest] = key.split('__')
    if (comparator === undefined || rest.length > 0 || !supported.includes(base!)) continue
    const insensitive = comparator.startsWith('i')
    filters.push({ name: base!, value, comparator: insensitive ? comparator.slice(1) : comparator, caseSensitive: !insensitive })
  }
  return filters
}

/** The value an exact filter asks for: for the WHERE of the query. */
export function exact(filters: readonly Filter[], name: string): string | undefined {
  return filters.findLast((f) => f.name === name && f.comparator === 'equals')?.value
}

/** What the query did not decide: inexact filters, and exact ones on attributes named in `also`. */
export function applyFilters<T extends object>(items: T[], filters: readonly Filter[], also: readonly string[] = []): T[] {
  const left = filters.filter((f) => f.comparator !== 'equals' || also.includes(f.name))
  return left.length === 0 ? items : items.filter((item) => left.every((f) => matches((item as Record<string, unknown>)[f.name], f)))
}

function matches(value: unknown, filter: Filter): boolean {
  if (filter.comparator === 'equals') return typeof value === 'boolean' ? value === isTrue(filter.value) : value === filter.value
  if (typeof value !== 'string') return false
  const [at, wanted] = filter.caseSensitive ? [value, filter.value] : [value.toLowerCase(), filter.value.toLowerCase()]
  switch (filter.comparator) {
    case 'contains': return at.includes(wanted)
    case 'startswith': return at.startsWith(wanted)
    case 'endswith': return at.endsWith(wanted)
    default: return true
  }
}

/** A boolean in a query: false only when it says so. */
export function isTrue(value: string): boolean {
  return !['0', 'f', 'false', 'n', 'no', 'off'].includes(value.trim().toLowerCase())
}

/** A bare switch in a query (`?effective`): on when present, unless it says `0`. */
export function isSet(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && value !== '0'
}
