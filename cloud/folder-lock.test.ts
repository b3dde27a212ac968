import { once } from 'node:events'
import { mkdtemp, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removePath } from '#core/host/files.ts'
import { start } from '#core/host/run.ts'
import { alone, isHeld, tryHold } from './folder-lock.ts'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'nacre-lock-')) })
afterAll(async () => { await removePath(folder) })

describe('a state folder', () => {
  it('is held by one at a time, by whatever name it is called', async () => {
    await symlink(folder, `${folder}-too`)
    try {
      const release = await tryHold(folder, 'serve')
      expect(await tryHold(`${folder}-too`, 'serve')).toBeUndefined()
      expect([await isHeld(folder, 'serve'), await isHeld(folder, 'change')]).toEqual([true, false])
      await release!()
      expect(await isHeld(folder, 'serve')).toBe(false)
      const again = await tryHold(`${folder}-too`, 'serve')
      expect(again).toBeDefined()
      await again!()
    } finally {
      await removePath(`${folder}-too`)
    }
  })

  it('is free again when its holder was killed', async () => {
    const program = `const { tryHold } = await import(${JSON.stringify(import.meta.resolve('./folder-lock.ts'))}); await tryHold(process.argv[1], 'serve'); console.log('held'); setInterval(() => {}, 1e6)`
    const holder = start(process.execPath, ['--input-type=module', '-e', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(holder.stdout!, 'data')
    expect(await isHeld(folder, 'serve')).toBe(true)
    const ended = once(holder, 'exit')
    holder.kill('SIGKILL')
    await ended
    const release = await tryHold(folder, 'serve')
    expect(release).toBeDefined()
    await release!()
  })

  it('is changed by one command after the other', async () => {
    const order: string[] = []
    const turn = async (name: string): Promise<void> => {
      await alone(folder, 60_000, async () => {
        order.push(`${name} begins`)
        await new Promise(setImmediate)
        order.push(`${name} ends`)
      })
    }
    await Promise.all([turn('a'), turn('b'), turn('c')])
    for (let at = 0; at < order.length; at += 2) expect(order[at + 1]).toBe(order[at]!.replace('begins', 'ends'))
    expect(order).toHaveLength(6)
  })

  it('is let go when the work fails, and refused when it is held too long', async () => {
    await expect(alone(folder, 60_000, async () => { throw new Error('no') })).rejects.toThrow('no')
    const release = await tryHold(folder, 'change')
    await expect(alone(folder, 0, async () => {})).rejects.toThrow('another command')
    await release!()
  })
})
