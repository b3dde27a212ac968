import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { run } from '#core/host/run.ts'
import { builtProgram, PROGRAM_FILE } from './build.ts'
import { repositoryRoot } from './repository.ts'

describe('the bundled program', () => {
  let program: string
  beforeAll(async () => { program = await builtProgram() })

  it('is made once for the same sources', async () => {
    expect(await builtProgram()).toBe(program)
  })

  it('has the worker threads as files of their own, and names no other file of the bundle by a place in the sources', async () => {
    const files = (await readdir(program)).filter((name) => name.endsWith('.js'))
    const texts = await Promise.all(files.map(async (name) => await readFile(join(program, name), 'utf8')))
    const workers = texts.flatMap((text) => [...text.matchAll(/new Worker\(new URL\("\.\/([^"]+)", import\.meta\.url\)/g)].map(([, name]) => name))
    const sources = (await readdir(join(repositoryRoot, 'services'), { recursive: true })).filter((path) => path.endsWith('-worker.ts'))
    expect(sources.length).toBeGreaterThan(1)
    expect(workers.toSorted()).toEqual(sources.map((path) => `services-${path.replaceAll('/', '-').replace(/ts$/, 'js')}`).toSorted())
    expect(files).toEqual(expect.arrayContaining(workers))
    expect(texts.filter((text) => /new URL\("[^"]+\.ts"|import\("[^"]+\.ts"\)/.test(text))).toEqual([])
  })

  it('imports no node:http, which would bring fetch along into every thread', async () => {
    const texts = await Promise.all((await readdir(program)).filter((name) => name.endsWith('.js')).map(async (name) => await readFile(join(program, name), 'utf8')))
    expect(texts.filter((text) => /(from|import) ?["']node:http["']/.test(text))).toEqual([])
    expect(texts.some((text) => text.includes('process.getBuiltinModule("node:http")'))).toBe(true)
  })

  it('is plain Latin-1, which takes half the memory', async () => {
    for (const name of (await readdir(program)).filter((n) => n.endsWith('.js'))) {
      // Node's own decoder: a file of ASCII is as long in characters as in bytes.
      const bytes = await readFile(join(program, name))
      expect({ name, characters: bytes.toString('utf8').length }).toEqual({ name, characters: bytes.length })
    }
  })

  it('tells where in the sources it failed', async () => {
    const { stderr } = await run(process.execPath, [join(program, PROGRAM_FILE), '/nowhere'], { okCodes: [1] })
    const source = await readFile(join(repositoryRoot, 'cloud', 'process.ts'), 'utf8')
    const line = source.split('\n').findIndex((text) => text.includes('`no cloud in ')) + 1
    expect(stderr).toContain('no cloud in /nowhere')
    expect(stderr).toContain(`${join(repositoryRoot, 'cloud', 'process.ts')}:${line}:`)
  })
})
