import { describe, expect, it } from 'vitest'
import { findFault, pythonRepr } from './fault.ts'
import { Type, type TSchema } from './schema.ts'

const closed = { additionalProperties: false }
const cases: [string, TSchema, unknown, string, (string | number)[]][] = [
  ['required', Type.Object({ name: Type.String() }), {}, "'name' is a required property", []],
  ['extra', Type.Object({}, closed), { foo: 1 }, "Additional properties are not allowed ('foo' was unexpected)", []],
  ['extras', Type.Object({}, closed), { b: 1, a: 2 }, "Additional properties are not allowed ('a', 'b' were unexpected)", []],
  ['type', Type.Object({ name: Type.String() }), { name: 5 }, "5 is not of type 'string'", ['name']],
  ['null', Type.Object({ name: Type.String() }), { name: null }, "None is not of type 'string'", ['name']],
  ['enum', Type.Object({ a: Type.Unsafe<string>({ type: 'string', enum: ['x', 'y'] }) }), { a: 'z' }, "'z' is not one of ['x', 'y']", ['a']],
  ['min', Type.Integer({ minimum: 1 }), 0, '0 is less than the minimum of 1', []],
  ['max', Type.Integer({ maximum: 1 }), 2, '2 is greater than the maximum of 1', []],
  ['short', Type.String({ minLength: 1 }), '', "'' is too short", []],
  ['long', Type.String({ maxLength: 1 }), 'ab', "'ab' is too long", []],
  ['pattern', Type.String({ pattern: '^a$' }), 'b', "'b' does not match '^a$'", []],
  ['format', Type.String({ format: 'uuid' }), 'b', "'b' is not a 'uuid'", []],
  ['any', Type.Union([Type.Integer(), Type.Boolean()]), 'x', "'x' is not valid under any of the given schemas", []],
  ['unique', Type.Array(Type.String(), { uniqueItems: true }), ['a', 'a'], "['a', 'a'] has non-unique elements", []],
]

describe('base64', () => {
  // What Python's decoder makes of each: padding counts, foreign letters do not.
  it.each([['YQ==', true], ['YWJj\nZA==', true], ['!!!', true], ['YQ==YQ', true], ['YQ=!=', true], ['=', true], ['YQ', false], ['YQ=', false], ['Y=Q=', false]])('%j: %s', (text, fits) => {
    expect(findFault(Type.String({ format: 'base64' }), text) === undefined).toBe(fits)
  })
})

describe('schema faults in the words of python-jsonschema', () => {
  it.each(cases)('%s', (_name, schema, value, message, path) => { expect(findFault(schema, value)).toMatchObject({ message, path }) })
  it('finds nothing where all fits', () => { expect(findFault(Type.Object({ a: Type.Integer() }), { a: 1 })).toBeUndefined() })
  it('prints values as Python does', () => {
    expect(pythonRepr({ a: [true, null, 'x', 1.5] })).toBe("{'a': [True, None, 'x', 1.5]}")
    expect(['a\tb\n', 'it\'s', 'it\'s "x"', '\u00a0\u200b', 'é b\\'].map(pythonRepr)).toEqual(["'a\\tb\\n'", '"it\'s"', "'it\\'s \"x\"'", "'\\xa0\\u200b'", "'é b\\\\'"])
  })
})
