/**
 * Schema faults in compute's words: as core says them, except that a bad name has a sentence of its own, and a fault
 * in a query is told like one in a body.
 */
import { httpErrors, type ApiError } from '#core/errors/errors.ts'
import { pythonStr, type Fault } from '#core/schema/fault.ts'
import { NAME_FORMATS, numberFault } from './formats.ts'

export function computeSchemaFault(found: Fault, kind: 'body' | 'query'): ApiError {
  const fault = { ...found, message: numberFault(found.message, found.value) ?? found.message.replace(/is not a 'compute-(regex|ip)'$/, "is not a '$1'") }
  const format = /is not a '(compute-[a-z0-9-]+)'$/.exec(fault.message)?.[1]
  const reason = format === undefined ? undefined : NAME_FORMATS[format]
  if (reason !== undefined) return httpErrors.InvalidBody({ message: `An invalid 'name' value was provided. The name must be: ${reason}` })
  if (kind === 'query') {
    const key = fault.path[0]
    if (key === undefined) return httpErrors.InvalidBody({ message: fault.message })
    const value = Array.isArray(fault.value) ? pythonStr(fault.value[0] ?? '') : pythonStr(fault.value)
    return httpErrors.InvalidBody({ message: `Invalid input for query parameters ${String(key)}. Value: ${value}. ${fault.message}` })
  }
  if (fault.path.length === 0) return httpErrors.InvalidBody({ message: fault.message })
  return httpErrors.InvalidBody({ message: `Invalid input for field/attribute ${String(fault.path.at(-1))}. Value: ${pythonStr(fault.value)}. ${fault.message}` })
}
