import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTextFile } from '#core/host/files.ts'
import { goldenFiles, listGolden } from './golden.ts'

const folder = join(import.meta.dirname, '..', '..', 'golden')

/** Loads the whole program, which a busy machine takes its time for. */
const TIMEOUT_MS = 120_000

describe('golden files', () => {
  it('say what the program says of itself; `nacre golden` rewrites them', { timeout: TIMEOUT_MS }, async () => {
    const wanted = await goldenFiles()
    expect(await listGolden(folder)).toEqual([...wanted.keys()].sort())
    for (const [name, text] of wanted) expect(await readTextFile(join(folder, name)), name).toBe(text)
    // A store method that cannot be called with made-up arguments, or asks what the tables do not have.
    expect([...wanted].flatMap(([name, text]) => [...text.matchAll(/^-- ! .*/gm)].map(([line]) => `${name}: ${line}`))).toEqual([])
  })
})
