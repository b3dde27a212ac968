import { afterEach, describe, expect, it, vi } from 'vitest'
import { commandLine } from './command-line.ts'
import type { CommandEntry } from './commands.ts'
import { main } from './main.ts'
import { Refusal } from './refusal.ts'

/** Runs a command line against a table and answers its exit code and what it printed. */
async function nacre(argv: string[], run: (argv: string[]) => Promise<number> = async () => 0): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => { out += String(text); return true })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => { err += String(text); return true })
  const entry: CommandEntry = { summary: 'does something', load: async () => ({ run }) }
  const table = { status: entry, demo: entry, doctor: entry, down: entry }
  try {
    return { code: await main(argv, table), out, err }
  } finally {
    vi.restoreAllMocks()
  }
}

afterEach(() => { vi.restoreAllMocks() })

describe('the nacre command', () => {
  it('lists its commands', async () => {
    const asked = await nacre(['--help'])
    expect(asked).toMatchObject({ code: 0, out: expect.stringContaining('  status  does something\n') })
    expect((await nacre([])).code).toBe(2)
    expect(await nacre(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Nacre \d+\.\d+\.\d+, OpenStack Zed\n$/) })
  })

  it('hands a command what follows its name and answers its code', async () => {
    let seen: string[] = []
    const { code } = await nacre(['demo', '--keep', 'x'], async (argv) => { seen = argv; return 1 })
    expect({ code, seen }).toEqual({ code: 1, seen: ['--keep', 'x'] })
  })

  it('suggests what may have been meant', async () => {
    expect(await nacre(['statsu'])).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean: status?') })
    expect(await nacre(['do'])).toMatchObject({ code: 2, err: expect.stringMatching(/Did you mean: .*doctor/) })
    expect(await nacre(['constructor'])).toMatchObject({ code: 2, err: expect.stringContaining('Commands: status, demo') })
  })

  it('tells a refusal from a fault, and a wrong option from both', async () => {
    const refused = await nacre(['demo'], async () => { throw new Refusal('port 5000 is taken', 'nacre up --port-base 15000') })
    expect(refused).toEqual({ code: 3, out: '', err: 'nacre demo: port 5000 is taken\n  Way out: nacre up --port-base 15000\n' })
    const failed = await nacre(['demo'], async () => { throw new Error('a bug') })
    expect(failed).toMatchObject({ code: 1, err: expect.stringMatching(/nacre demo failed: Error: a bug\n\s+at /) })
    const foreign = await nacre(['demo'], async () => { throw new Error('secrets.json cannot be read', { cause: Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }) }) })
    expect(foreign).toMatchObject({ code: 3, err: expect.stringMatching(/^nacre demo: secrets\.json cannot be read.*\n {2}Way out: .*--state/) })
    const parse = async (argv: string[]): Promise<number> => { commandLine('demo', 'A demo.').parse(argv, { from: 'user' }); return 0 }
    expect(await nacre(['demo', '--nonsense'], parse)).toMatchObject({ code: 2, err: expect.stringContaining("unknown option '--nonsense'") })
    expect(await nacre(['demo', '--help'], parse)).toMatchObject({ code: 0, out: expect.stringContaining('Usage: nacre demo') })
  })
})
