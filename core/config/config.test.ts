import { Type } from '#core/schema/schema.ts'
import { describe, expect, it } from 'vitest'
import { ConfigError, defineConfig, loadConfig, option, parseConfigFile } from './config.ts'

const options = defineConfig({
  cpuAllocationRatio: option(Type.Number({ minimum: 1 }), 4, 'Virtual CPUs sold per CPU of a host.'),
  zones: option(Type.Array(Type.String()), [], 'Names of zones.'),
})

describe('options', () => {
  it('come from their defaults, the file and the environment, the last first', () => {
    const file = parseConfigFile('compute:\n  cpuAllocationRatio: 8\n  zones: [a, b]\n')
    expect(loadConfig('compute', options)).toEqual({ cpuAllocationRatio: 4, zones: [] })
    expect(loadConfig('compute', options, file)).toEqual({ cpuAllocationRatio: 8, zones: ['a', 'b'] })
    expect(loadConfig('compute', options, file, { NACRE_COMPUTE_CPU_ALLOCATION_RATIO: '16', NACRE_STATE: '/x' })).toEqual({ cpuAllocationRatio: 16, zones: ['a', 'b'] })
    expect(parseConfigFile('')).toEqual({})
  })

  it('that do not exist or do not fit are named, wherever they come from', () => {
    for (const [file, env, said] of [
      [{ compute: { bogus: 1 } }, {}, 'compute.bogus is not an option'],
      [{}, { NACRE_COMPUTE_BOGUS: '1' }, 'NACRE_COMPUTE_BOGUS in the environment is not an option'],
      [{ compute: { cpuAllocationRatio: 'many' } }, {}, 'compute.cpuAllocationRatio: '],
      [{}, { NACRE_COMPUTE_CPU_ALLOCATION_RATIO: '0' }, 'NACRE_COMPUTE_CPU_ALLOCATION_RATIO: '],
    ] as const) {
      const load = (): unknown => loadConfig('compute', options, file, env)
      expect(load).toThrow(ConfigError)
      expect(load).toThrow(said)
    }
  })
})
