import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { start } from '#core/host/run.ts'

/** Emulators that measure for the process with this temporary directory. */
async function measuring(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map(async (pid) => [Number(pid), await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')] as const))
  return lines.filter(([, line]) => line.startsWith('qemu-system-x86_64') && line.includes(`${folder}/acceleration-`)).map(([pid]) => pid)
}

describe('measuring the acceleration', () => {
  let folder: string
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'nacre-measure-')) })
  afterAll(async () => { await rm(folder, { recursive: true, force: true }) })

  it('leaves no machine behind when the process is killed in the middle', async () => {
    const script = `const { measureAcceleration } = await import('${join(import.meta.dirname, 'acceleration.ts')}')
      const { silentLog } = await import('#core/log/log.ts')
      await measureAcceleration(process.argv[1], 0, silentLog)`
    const child = start(process.execPath, ['--input-type=module', '-e', script, folder], { stdio: 'ignore', env: { TMPDIR: folder }, cwd: join(import.meta.dirname, '../../../..') })
    await expect.poll(async () => (await measuring(folder)).length, { timeout: 120_000, interval: 20 }).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await expect.poll(async () => await measuring(folder), { timeout: 120_000, interval: 200 }).toEqual([])
  })
})
