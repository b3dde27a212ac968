import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTextFile } from '#core/host/files.ts'
import { goldenFiles, listGolden } from './golden.ts'

const folder = join(import.meta.dirname, '..', '..', 'golden')

describe('golden files', () => {
  it('say what the program says of itself; `nacre golden` rewrites them', async () => {
    const wanted = await goldenFiles()
    expect(await listGolden(folder)).toEqual([...wanted.keys()].sort())
    for (const [name, text] of wanted) expect(await readTextFile(join(folder, name)), name).toBe(text)
  })
})
