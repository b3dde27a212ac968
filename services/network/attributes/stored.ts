/** Structures are stored as JSON text; an empty one as null. */
export function stored<T>(text: string | null, otherwise: T): T {
  return text === null ? otherwise : (JSON.parse(text) as T)
}
