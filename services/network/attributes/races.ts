/** Telling a refusal of the database: what a foreign key holds is in use, what it misses has just gone. */

export function isForeignKeyViolation(error: unknown): boolean {
  const code = (error as { code?: string }).code
  return code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || code === 'ER_ROW_IS_REFERENCED_2' || code === 'ER_NO_REFERENCED_ROW_2'
}

/** Runs `work`; a foreign key that refuses it becomes `make()`. */
export async function orWhenReferenced<T>(work: Promise<T>, make: () => Error): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (isForeignKeyViolation(error)) throw make()
    throw error
  }
}
