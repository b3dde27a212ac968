/**
 * Options are declared, typed and documented where they are used; their values come from one YAML file and from the
 * environment, checked against the declaration. An option `cpuAllocationRatio` of service `compute` is
 * `compute: { cpuAllocationRatio: 4 }` in the file and `NACRE_COMPUTE_CPU_ALLOCATION_RATIO=4` outside.
 */
import { parse } from 'yaml'
import { findFault } from '#core/schema/fault.ts'
import type { Static, TSchema } from '#core/schema/schema.ts'

export interface Option<S extends TSchema = TSchema> { schema: S; default: Static<S>; doc: string }
export type ConfigOf<D> = { [K in keyof D]: D[K] extends Option<infer S> ? Static<S> : never }
export type Options = Record<string, Option>

export function option<S extends TSchema>(schema: S, defaultValue: Static<S>, doc: string): Option<S> {
  return { schema, default: defaultValue, doc }
}

export function defineConfig<D extends Options>(options: D): D {
  return options
}

/** A value that does not fit its declaration: names the option, where it came from, and what would fit. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type ConfigFile = Record<string, Record<string, unknown>>

export function parseConfigFile(text: string): ConfigFile {
  return (parse(text) ?? {}) as ConfigFile
}

export function loadConfig<D extends Options>(section: string, options: D, file: ConfigFile = {}, env: NodeJS.ProcessEnv = {}): ConfigOf<D> {
  const given = file[section] ?? {}
  for (const key of Object.keys(given)) {
    if (!(key in options)) throw new ConfigError(`${section}.${key} is not an option; known: ${Object.keys(options).join(', ')}`)
  }
  const prefix = `NACRE_${snake(section)}_`
  const names = new Set(Object.keys(options).map((key) => `${prefix}${snake(key)}`))
  for (const name of Object.keys(env)) {
    if (name.startsWith(prefix) && !names.has(name)) throw new ConfigError(`${name} in the environment is not an option; known: ${[...names].join(', ')}`)
  }
  const values: Record<string, unknown> = {}
  for (const [key, declared] of Object.entries(options)) {
    const name = `${prefix}${snake(key)}`
    const fromEnv = env[name]
    const value = fromEnv !== undefined ? readEnv(fromEnv, declared) : (given[key] ?? declared.default)
    const fault = findFault(declared.schema, value)
    if (fault !== undefined) throw new ConfigError(`${fromEnv === undefined ? `${section}.${key}` : name}: ${fault.message}. ${declared.doc}`)
    values[key] = value
  }
  return values as ConfigOf<D>
}

function readEnv(text: string, declared: Option): unknown {
  if ((declared.schema as { type?: string }).type === 'string') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function snake(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('-', '_').toUpperCase()
}
