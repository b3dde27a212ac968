/** Values as both databases store them: structures as JSON text, booleans as 0 and 1. */

export function toJson(value: unknown): string {
  return JSON.stringify(value)
}

export function fromJson<T>(text: string | null | undefined, otherwise: T): T {
  return text === null || text === undefined ? otherwise : (JSON.parse(text) as T)
}

/** A JavaScript boolean as it is stored. */
export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0
}
