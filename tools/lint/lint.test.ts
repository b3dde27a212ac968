import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { assertionsRule, namesRule, programsRule, skippedRule, sleepsRule, versionsRule, wordsRule } from './house-rules.ts'
import { layersRule } from './layers.ts'
import { readSources, sourceFile, type Rule } from './sources.ts'

/** The lines at which a rule finds fault with one file. */
function faults(rule: Rule, path: string, text: string): number[] {
  return rule.check([sourceFile(path, text)]).map(({ line }) => line)
}

describe('reading imports', () => {
  it('finds every form with its line, resolves paths, and overlooks comments', () => {
    const { imports } = sourceFile('services/compute/servers/server.store.ts', [
      '/* import a from \'./not-this.ts\' */', "import type { A } from '#core/db/database.ts'", "import {", '  b,', "} from '../errors.ts'",
      "// import c from './nor-this.ts'", "export { d } from 'kysely'", "import 'node:fs'", "const e = await import('./late.ts')",
    ].join('\n'))
    expect(imports).toEqual([
      { specifier: '#core/db/database.ts', path: 'core/db/database.ts', typeOnly: true, line: 2 },
      { specifier: '../errors.ts', path: 'services/compute/errors.ts', typeOnly: false, line: 5 },
      { specifier: 'kysely', path: undefined, typeOnly: false, line: 7 },
      { specifier: 'node:fs', path: undefined, typeOnly: false, line: 8 },
      { specifier: './late.ts', path: 'services/compute/servers/late.ts', typeOnly: false, line: 9 },
    ])
  })
})

describe('layers', () => {
  const allowed: [string, string][] = [
    ['services/compute/servers/server.schema.ts', '#core/schema/schema.ts'],
    ['services/compute/servers/server.handlers.ts', './server.store.ts'],
    ['services/compute/routes.ts', './servers/server.handlers.ts'],
    ['services/compute/clients.ts', '#services/network/contract.ts'],
    ['agents/compute/agent.ts', '#services/compute/agent/compute-agent.contract.ts'],
    ['agents/compute/drivers/fake/fake-driver.ts', '../driver.ts'],
    ['core/bus/rabbit-bus.test.ts', '#testkit/engines/engines.ts'],
  ]
  it.each(allowed)('%s may import %s', (path, specifier) => {
    expect(faults(layersRule, path, `import { a } from '${specifier}'`)).toEqual([])
  })

  const forbidden: [string, string][] = [
    ['services/compute/servers/server.schema.ts', '#core/db/database.ts'],
    ['services/compute/servers/server.states.ts', 'node:fs'],
    ['services/compute/servers/server.policy.ts', './server.store.ts'],
    ['services/compute/servers/server.versions.ts', '#core/db/database.ts'],
    ['services/compute/servers/server.view.ts', './server.store.ts'],
    ['services/compute/servers/server.store.ts', '#core/http/pipeline.ts'],
    ['services/compute/servers/server.handlers.ts', '#core/db/database.ts'],
    ['services/compute/servers/create-server.operation.ts', '#core/http/pipeline.ts'],
    ['services/compute/servers/create-server.ts', '../flavors/flavor.handlers.ts'],
    ['services/compute/clients.ts', '#services/network/ports/port.store.ts'],
    ['services/compute/service.ts', '#agents/compute/agent.ts'],
    ['core/bus/bus.ts', '#services/compute/contract.ts'],
    ['agents/network/agent.ts', '#core/db/database.ts'],
    ['agents/compute/agent.ts', '#services/compute/servers/server.store.ts'],
    ['agents/compute/drivers/libvirt/libvirt-driver.ts', '../fake/fake-driver.ts'],
    ['agents/compute/drivers/libvirt/libvirt-driver.ts', '#core/bus/bus.ts'],
  ]
  it.each(forbidden)('%s may not import %s', (path, specifier) => {
    expect(faults(layersRule, path, `\nimport { a } from '${specifier}'`)).toContain(2)
  })

  it('lets a type through where the rule is about effects, not where it is about who knows whom', () => {
    expect(faults(layersRule, 'services/compute/servers/server.view.ts', "import type { Row } from './server.store.ts'")).toEqual([])
    expect(faults(layersRule, 'core/bus/bus.ts', "import type { A } from '#services/compute/contract.ts'")).toEqual([1])
  })
})

describe('house rules', () => {
  it('lets only core/host start programs', () => {
    const text = "import { spawn } from 'node:child_process'"
    expect(faults(programsRule, 'agents/compute/x.ts', text)).toEqual([1])
    expect(faults(programsRule, 'core/host/run.ts', text)).toEqual([])
  })

  it('lets only deltas compare versions', () => {
    const text = 'function a(version: number) {\n  return version >= 19\n}'
    expect(faults(versionsRule, 'services/compute/servers/server.handlers.ts', text)).toEqual([2])
    expect(faults(versionsRule, 'services/compute/servers/server.versions.ts', text)).toEqual([])
    expect(faults(versionsRule, 'services/compute/servers/server.view.ts', '// since version >= 19')).toEqual([])
  })

  it('wants names that say something', () => {
    expect(faults(namesRule, 'services/compute/common/paging.ts', '')).toEqual([1])
    expect(faults(namesRule, 'core/utils.ts', '')).toEqual([1])
    expect(faults(namesRule, 'core/bus/rabbitBus.ts', '')).toEqual([1])
    expect(faults(namesRule, 'core/bus/rabbit-bus.ts', '')).toEqual([])
  })

  it('finds machine paths, registries, open ends and keys', () => {
    const machine = ['/wor', 'k/main'].join('')
    const open = ['TO', 'DO'].join('')
    expect(faults(wordsRule, 'docs/guide.md', `see ${machine}\n\n${open}: later\n/home/someone/x`).toSorted()).toEqual([1, 3, 4])
    expect(faults(wordsRule, 'docs/guide.md', 'The user may do anything in /home/nacre/ and todo lists.')).toEqual([])
  })

  it('wants an assertion in every test', () => {
    expect(faults(assertionsRule, 'core/a.test.ts', "it('runs', () => { run() })")).toEqual([1])
    expect(faults(assertionsRule, 'core/a.test.ts', 'busConformance("a", open)')).toEqual([])
  })

  it('wants every test to run, or a reason', () => {
    const only = ['it.on', 'ly'].join('')
    const skip = ['it.sk', 'ip'].join('')
    expect(faults(skippedRule, 'core/a.test.ts', `\n${only}('x', () => {})\n${skip}('y', () => {})`)).toEqual([2, 3])
    expect(faults(skippedRule, 'core/a.test.ts', `// Skipped: libvirt 9 crashes here\n${skip}('y', () => {})`)).toEqual([])
    expect(faults(skippedRule, 'core/a.test.ts', "describe.skipIf(noRabbitMq())('y', () => {})")).toEqual([])
  })

  it('wants tests to wait for events', () => {
    expect(faults(sleepsRule, 'core/a.test.ts', ['await new Promise((resolve) => set', 'Timeout(resolve, 50))'].join(''))).toEqual([1])
  })
})

describe('reading the repository', () => {
  it('sees its own files and nothing that was fetched', async () => {
    const root = await mkdtemp(join(tmpdir(), 'nacre-lint-'))
    try {
      for (const folder of ['core', 'node_modules/x', '.ci']) await mkdir(join(root, folder), { recursive: true })
      for (const path of ['nacre', 'core/a.ts', 'core/picture.png', 'node_modules/x/b.ts', '.ci/run']) await writeFile(join(root, path), '')
      expect((await readSources(root)).map(({ path }) => path)).toEqual(['.ci/run', 'core/a.ts', 'nacre'])
    } finally {
      await rm(root, { recursive: true })
    }
  })
})
