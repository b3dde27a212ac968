/** Values of an image against its schema, refused in upstream's words. */
import { findFault, pythonStr } from '#core/schema/fault.ts'
import { errors } from '../errors.ts'
import { ImageObject } from './image.schema.ts'

/** The largest number the columns of `min_disk` and `min_ram` hold. */
const LARGEST = 2_147_483_647

/** Throws unless `body` (a whole image or a part) fits the schema and its numbers fit their columns. */
export function checkImage(body: Record<string, unknown>): void {
  const fault = findFault(ImageObject, body)
  if (fault !== undefined) throw errors.NoMatch({ schema: 'image', reason: fault.message })
  for (const param of ['min_disk', 'min_ram']) {
    const value = body[param]
    if (typeof value !== 'number') continue
    if (value < 0) throw errors.Negative({ value, param })
    if (value > LARGEST) throw errors.OutOfRange({ name: param, maximum: LARGEST })
  }
}

/** A value of the client's own, for a message. */
export function describe(value: unknown): string {
  return pythonStr(value).slice(0, 200)
}
