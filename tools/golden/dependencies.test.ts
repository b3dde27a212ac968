import { describe, expect, it } from 'vitest'
import { SERVICES } from '#cloud/catalog.ts'
import type { ServiceDefinition } from '#core/service/service.ts'
import { dependenciesOf } from './dependencies.ts'

describe('what services ask of one another', () => {
  it('is a route of the other, whatever stands for the values', async () => {
    const definitions: ServiceDefinition[] = []
    for (const entry of SERVICES) definitions.push(await entry.load())
    const calls = await dependenciesOf(definitions)
    expect(calls.length).toBeGreaterThan(40)
    const known = new Set(definitions.flatMap((d) => d.routes.map((r) => `${d.type} ${r.method} ${r.path.replaceAll(/:\w+/g, '*')}`)))
    expect(calls.map((c) => `${c.to} ${c.method} ${c.path}`).filter((call) => !known.has(call))).toEqual([])
  })
})
