import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TestResults } from './results.ts'
import { SubunitReader, type SubunitEvent } from './subunit.ts'

/** Written by python-subunit: a test begins, attaches a traceback, and fails 1.5 s later. */
const STREAM = Buffer.from(
  'b32b8233695735a5e869758018612e622e432e746573745f785b69642d312c736d6f6b655d0108776f726b65722d303d05cacfb32970408f18612e622e432e746573745f785b69642d312c736d6f6b655d'
  + '17746578742f706c61696e3b636861727365743d757466380974726163656261636b404954726163656261636b20286d6f737420726563656e742063616c6c206c617374293a0a202046696c65202278220a'
  + '56616c75654572726f723a206e6f0a44657461696c733a207b7d0aa51f07f9b32f062b695735a7ca9c108018612e622e432e746573745f785b69642d312c736d6f6b655d01305d3c662e', 'hex')
const ID = 'a.b.C.test_x[id-1,smoke]'

function readAll(chunks: Buffer[]): SubunitEvent[] {
  const reader = new SubunitReader()
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()]
}

/** Cuts bytes in pieces at these places. */
function pieces(bytes: Buffer, cuts: number[]): Buffer[] {
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end))
}

describe('a subunit stream', () => {
  it('is read as its writer meant it', () => {
    const events = readAll([STREAM])
    expect(events.map(({ testId, status }) => [testId, status])).toEqual([[ID, 'inprogress'], [ID, undefined], [ID, 'fail']])
    expect(events[0]!.timeMs).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 678))
    expect(events[1]!.file?.bytes.toString()).toContain('ValueError: no')
  })

  it('may come in pieces of any size, between bytes that are none of it', () => {
    fc.assert(fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), fc.constantFrom('', 'hello\n', '\xb3', '\xb3\x2b\x00'), (cuts, noise) => {
      const stray = Buffer.from(noise, 'latin1')
      const events = readAll([stray, ...pieces(STREAM, cuts)])
      expect(events.filter(({ testId }) => testId === ID)).toHaveLength(3)
    }))
  })

  it('with broken packets yields fewer events and no exception', () => {
    fc.assert(fc.property(fc.nat(STREAM.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const broken = Buffer.from(STREAM)
      broken[at]! ^= change
      const events = readAll([broken])
      expect(events.length).toBeLessThan(3)
      for (const { testId } of events) expect(testId).toBe(ID)
    }))
  })
})

describe('results', () => {
  const event = (testId: string, status: SubunitEvent['status'], file?: [string, string]): SubunitEvent => ({ testId, status, file: file === undefined ? undefined : { name: file[0], bytes: Buffer.from(file[1]) } })

  it('carry the time, and the error in one line', () => {
    const results = new TestResults()
    const ended = readAll([STREAM]).map((e) => results.take(e)).filter((e) => e !== undefined)
    expect(ended).toHaveLength(1)
    expect(ended[0]).toMatchObject({ id: ID, outcome: 'failed', seconds: 1.5, reason: 'ValueError: no | Details: {}' })
  })

  it('of a class that could not be set up are those of each of its tests', () => {
    const results = new TestResults()
    results.take(event('setUpClass (a.B)', undefined, ['reason', 'no swift']))
    results.take(event('setUpClass (a.B)', 'skip'))
    results.settle(['a.B.x[id-1]', 'a.B.y[id-2]', 'a.Bc.z[id-3]'], 'it did not report')
    expect(results.counts()).toEqual({ passed: 0, failed: 1, skipped: 2 })
    expect(results.skips()).toEqual([['no swift', 2]])
    expect(results.outcomes.get('a.Bc.z[id-3]')?.reason).toBe('it did not report')
  })

  it('count a class that could not be torn down besides its tests', () => {
    const results = new TestResults()
    results.take(event('a.B.x[id-1]', 'success'))
    results.take(event('tearDownClass (a.B)', 'fail'))
    results.settle(['a.B.x[id-1]'], '')
    expect(results.counts()).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })
})
