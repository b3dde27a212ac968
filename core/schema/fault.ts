/**
 * Validation findings in upstream's words. OpenStack services validate with python-jsonschema and pass its messages
 * on, so clients and tests read them: values are printed as Python prints them (`None`, `True`, `'text'`).
 */
import { schemaErrors, type SchemaError, type TSchema } from './schema.ts'

export interface Fault {
  /** Keys from the root to the value at fault: `['server', 'networks', 0]`. */
  path: (string | number)[]
  value: unknown
  /** As python-jsonschema says it: `'name' is a required property`. */
  message: string
}

/** The most telling way in which `value` misses `schema`, or undefined when it fits. */
export function findFault(schema: TSchema, value: unknown): Fault | undefined {
  const errors = schemaErrors(schema, value)
  if (errors.length === 0) return undefined
  const best = errors.reduce((a, b) => (rank(b) < rank(a) ? b : a))
  const path = pathOf(best.instancePath)
  const at = valueAt(value, path)
  return { path, value: at, message: message(best, at, schemaAt(schema, best.schemaPath)) }
}

/** Shallow before deep; a choice (`anyOf`) only where nothing plainer is wrong at the same place. */
function rank(error: SchemaError): number {
  const depth = error.instancePath === '' ? 0 : error.instancePath.split('/').length
  const insideChoice = /\/(anyOf|oneOf)\//.test(error.schemaPath) ? 50 : 0
  return depth * 2 + insideChoice + (error.keyword === 'anyOf' || error.keyword === 'oneOf' ? 1 : 0)
}

function pathOf(pointer: string): (string | number)[] {
  if (pointer === '') return []
  return pointer.slice(1).split('/').map((part) => {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    return /^\d+$/.test(key) ? Number(key) : key
  })
}

function valueAt(value: unknown, path: (string | number)[]): unknown {
  let at = value
  for (const key of path) at = (at as Record<string | number, unknown> | undefined)?.[key]
  return at
}

/** Walks a JSON pointer of the validator (`#/properties/name`) to the schema that was missed. */
function schemaAt(schema: TSchema, pointer: string): Record<string, unknown> {
  let at: unknown = schema
  for (const part of pointer.replace(/^#?\/?/, '').split('/').filter((p) => p !== '')) {
    const next = (at as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')]
    if (next === undefined) break
    at = next
  }
  return (at ?? {}) as Record<string, unknown>
}

function message(error: SchemaError, value: unknown, schema: Record<string, unknown>): string {
  const p = error.params
  const v = pythonRepr(value)
  switch (error.keyword) {
    case 'required': return `'${(p['requiredProperties'] as string[])[0]}' is a required property`
    case 'additionalProperties':
    case 'unevaluatedProperties': return extraProperties((p['additionalProperties'] ?? p['unevaluatedProperties']) as string[], schema)
    case 'type': return `${v} is not of type ${[p['type'] as string | string[]].flat().map((t) => `'${t}'`).join(', ')}`
    case 'enum': return `${v} is not one of ${pythonRepr(p['allowedValues'] ?? schema['enum'])}`
    case 'const': return `${pythonRepr(p['allowedValue'])} was expected`
    case 'minLength': case 'minItems': return `${v} is too short`
    case 'maxLength': case 'maxItems': return `${v} is too long`
    case 'minimum': return `${v} is less than the minimum of ${String(p['limit'])}`
    case 'maximum': return `${v} is greater than the maximum of ${String(p['limit'])}`
    case 'exclusiveMinimum': return `${v} is less than or equal to the minimum of ${String(p['limit'])}`
    case 'exclusiveMaximum': return `${v} is greater than or equal to the maximum of ${String(p['limit'])}`
    case 'multipleOf': return `${v} is not a multiple of ${String(p['multipleOf'])}`
    case 'pattern': return `${v} does not match ${pythonRepr(patternText(p['pattern']))}`
    case 'format': return `${v} is not a '${String(p['format'])}'`
    case 'uniqueItems': return `${v} has non-unique elements`
    case 'minProperties': return `${v} does not have enough properties`
    case 'maxProperties': return `${v} has too many properties`
    case 'dependentRequired': return `'${(p['dependencies'] as string[] | undefined)?.[0] ?? ''}' is a dependency of '${String(p['property'] ?? '')}'`
    case 'anyOf': case 'oneOf': return `${v} is not valid under any of the given schemas`
    case 'not': return `${v} is not allowed for ${pythonRepr(schema['not'] ?? {})}`
    default: return error.message
  }
}

function patternText(pattern: unknown): string {
  return pattern instanceof RegExp ? pattern.source : String(pattern)
}

function extraProperties(names: string[], schema: Record<string, unknown>): string {
  const list = names.toSorted().map((n) => `'${n}'`).join(', ')
  const verb = names.length === 1 ? 'was' : 'were'
  const patterns = Object.keys((schema['patternProperties'] ?? {}) as object)
  if (patterns.length > 0) {
    return `${list} ${names.length === 1 ? 'does' : 'do'} not match any of the regexes: ${patterns.map((p) => `'${p}'`).join(', ')}`
  }
  return `Additional properties are not allowed (${list} ${verb} unexpected)`
}

/** Double quotes where that saves escaping; what cannot be printed as an escape. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
  return `${quote}${escaped.replaceAll(/(?! )[\p{C}\p{Z}]/gu, escapeOf)}${quote}`
}

function escapeOf(sign: string): string {
  const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
  const code = sign.codePointAt(0)!
  return short[sign] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`)
}

/** A JSON value as Python's `repr` prints it. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`
  if (typeof value === 'object') return `{${Object.entries(value).map(([k, x]) => `${pythonRepr(k)}: ${pythonRepr(x)}`).join(', ')}}`
  return String(value)
}

/** A JSON value as Python's `str` prints it: text stays bare. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}
