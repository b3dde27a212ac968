/**
 * Numbers that clients may send as text. A schema bounds those that come as numbers; text is bounded here, and told
 * in the same words.
 */
import { errors } from '../errors.ts'

/** Throws 400 when it is not between the two. */
export function readBounded(field: string, given: number | string, minimum: number, maximum: number): number {
  const value = Number(given)
  const refuse = (problem: string): Error => errors.BadRequest({ message: `Invalid input for field/attribute ${field}. Value: ${given}. ${given} is ${problem}` })
  if (value < minimum) throw refuse(`less than the minimum of ${minimum}`)
  if (value > maximum) throw refuse(`greater than the maximum of ${maximum}`)
  return value
}
