/** A foreign key decides a race: what it holds is in use, what it misses has just gone. */
import { isForeignKeyViolation } from '#core/db/database.ts'

/** Runs `work`; a foreign key that refuses it becomes `make()`. */
export async function orWhenReferenced<T>(work: Promise<T>, make: () => Error): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (isForeignKeyViolation(error)) throw make()
    throw error
  }
}
