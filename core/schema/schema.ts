/**
 * A JSON Schema is the type. TypeBox builds the schema object, TypeScript reads its static type, the validator is
 * compiled from it on first use (hundreds of schemas must cost nothing at start), and the API reference is printed
 * from it. Nothing is coerced and nothing is stripped: what does not fit is refused.
 */
import { Type, type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import './formats.ts'

export { Type, type Static, type TSchema }

interface Compiled { Check(value: unknown): boolean; Errors(value: unknown): SchemaError[] }

/** One finding of the validator: `keyword` and `params` are those of JSON Schema. */
export interface SchemaError {
  keyword: string
  schemaPath: string
  instancePath: string
  params: Record<string, unknown>
  message: string
}

const compiled = new WeakMap<TSchema, Compiled>()

function validator(schema: TSchema): Compiled {
  let found = compiled.get(schema)
  if (found === undefined) {
    found = Compile(schema) as unknown as Compiled
    compiled.set(schema, found)
  }
  return found
}

export function isValid<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return validator(schema).Check(value)
}

/** Every way in which the value misses the schema; empty when it fits. */
export function schemaErrors(schema: TSchema, value: unknown): SchemaError[] {
  const check = validator(schema)
  return check.Check(value) ? [] : check.Errors(value)
}
