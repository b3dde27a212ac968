import { describe, expect, it } from 'vitest'
import { faultOf, fillIn, keptOf, type CommandRow } from './command-row.ts'
import { tutorial } from './tutorial.ts'

const row = (more: Partial<CommandRow>): CommandRow => ({ who: 'member', line: 'server show s', ...more })
const values = new Map([['name', 'web'], ['id', '42']])

describe('a row of the walk', () => {
  it('takes kept values, and says when there is none', () => {
    expect(fillIn('server show {name}', values)).toBe('server show web')
    expect(() => fillIn('{nothing}', values)).toThrow('before any row has kept it')
  })

  it('is content with a reply that has the fields it expects, and tells the first that is otherwise', () => {
    const reply = JSON.stringify({ id: '42', status: 'ACTIVE', ram: 64, addresses: { net: ['10.0.0.3'] } })
    expect(faultOf(row({ fields: { id: '{id}', status: /^ACT/, ram: 64, addresses: /10\.0\.0\.\d/, 'absent': (value) => value === undefined } }), reply, values)).toBeUndefined()
    expect(faultOf(row({ fields: { status: 'SHUTOFF' } }), reply, values)).toBe('expected status to be \'SHUTOFF\', got "ACTIVE"')
    expect(faultOf(row({ fields: { ram: '65' } }), reply, values)).toContain('ram')
    expect(faultOf(row({ fields: { id: /./ } }), 'Error creating server', values)).toContain('Error creating server')
  })

  it('counts the rows of a list unless more are welcome', () => {
    const reply = JSON.stringify([{ Name: 'web' }, { Name: 'db' }])
    expect(faultOf(row({ column: { name: 'Name', holds: ['db', '{name}'] } }), reply, values)).toBeUndefined()
    expect(faultOf(row({ column: { name: 'Name', holds: ['db'] } }), reply, values)).toContain('expected 1 rows, got 2')
    expect(faultOf(row({ column: { name: 'Name', holds: ['db'], andMore: true } }), reply, values)).toBeUndefined()
    expect(faultOf(row({ column: { name: 'Name', holds: ['mail'], andMore: true } }), reply, values)).toContain("'mail'")
  })

  it('keeps what later rows need', () => {
    expect(keptOf(row({ keep: { server: 'id' } }), '{"id":"7"}')).toEqual([['server', '7']])
  })
})

describe('the tutorial', () => {
  it('needs only steps that come before, and uses only values that were given or kept before', () => {
    const known = new Set(['tag', 'image', 'imageSize', 'imageChecksum', 'saved', 'publicKey', 'fingerprint', 'password', 'public'])
    const before = new Set<string>()
    for (const step of tutorial) {
      for (const need of step.needs) expect(before, `${step.name} needs ${need}`).toContain(need)
      for (const { line, keep } of step.rows) {
        for (const [, name] of line.matchAll(/\{([a-zA-Z]+)\}/g)) expect(known, `${step.name}: ${line}`).toContain(name)
        for (const name of Object.keys(keep ?? {})) known.add(name)
      }
      before.add(step.name)
    }
  })
})
