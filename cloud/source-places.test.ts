import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { removePath } from '#core/host/files.ts'
import { sourcePlaces } from './source-places.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-places-'))
  // Two sources on three lines; the last line has two segments, the second of which goes back two lines and on three columns.
  await writeFile(join(folder, 'chunk.js.map'), JSON.stringify({ sources: ['../one.ts', '../two.ts'], mappings: 'AAQI;;ACEJ,UAFG' }))
})
afterAll(async () => { await removePath(folder) })

it('puts places of the bundle into the sources, those after the last segment too', () => {
  const told = sourcePlaces(folder)
  const trace = (line: number, column: number): string => told(`Error: no\n    at f (file://${folder}/chunk.js:${line}:${column})`)
  expect(trace(1, 1)).toBe(`Error: no\n    at f (${join(folder, '../one.ts')}:9:5)`)
  expect(trace(3, 5)).toBe(`Error: no\n    at f (${join(folder, '../two.ts')}:11:1)`)
  expect(trace(3, 40)).toBe(`Error: no\n    at f (${join(folder, '../two.ts')}:9:4)`)
})

it('leaves what it does not know as it is', () => {
  const trace = `    at g (${folder}/chunk.js:2:7)\n    at h (${folder}/other.js:1:1)\n    at node:internal/main:1:1\n    at file:///elsewhere/chunk.js:1:1`
  expect(sourcePlaces(folder)(trace)).toBe(trace)
})
