import { expect, it } from 'vitest'
import { openLog, type LogOptions } from './log.ts'

/** A log that keeps what it writes. */
function listen(options: LogOptions = {}): { log: ReturnType<typeof openLog>; lines: () => Record<string, unknown>[] } {
  const lines: string[] = []
  return { log: openLog({ ...options, destination: { write: (line: string) => { lines.push(line) } } }), lines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

it('writes errors with their trace, in the places it is told', () => {
  const { log, lines } = listen({ places: (stack) => stack.replaceAll('log.test.ts', 'somewhere.ts') })
  log.error({ err: new TypeError('no', { cause: new Error('deeper') }) }, 'it failed')
  log.error({ err: 'a string that was thrown' }, 'it failed')
  expect(lines()[0]).toMatchObject({ level: 'error', msg: 'it failed', err: { type: 'TypeError', message: 'no: deeper', stack: expect.stringContaining('somewhere.ts') as string } })
  expect(lines()[0]).not.toMatchObject({ err: { stack: expect.stringContaining('log.test.ts') as string } })
  expect(lines()[1]).toMatchObject({ err: 'a string that was thrown' })
})

it('writes no secret, at the top or one level down', () => {
  const { log, lines } = listen({ bindings: { service: 'identity' } })
  log.info({ password: 'p', user: { 'x-auth-token': 't', name: 'ann' } }, 'logged in')
  expect(lines()[0]).toMatchObject({ service: 'identity', password: '***', user: { 'x-auth-token': '***', name: 'ann' } })
})
