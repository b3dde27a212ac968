import { expect, it } from 'vitest'
import { QuietMemory } from './quiet-memory.ts'

const MIB = 1024 * 1024

/** A process whose CPU clock and size the test sets; `collect` leaves what is alive. */
function grownProcess(): { memory: QuietMemory; state: { cpuMs: number; mib: number; aliveMib: number; collections: number }; look: (cpuMs: number, mib: number) => number } {
  const state = { cpuMs: 1000, mib: 120, aliveMib: 120, collections: 0 }
  const memory = new QuietMemory({
    cpuMs: () => state.cpuMs, residentBytes: () => state.mib * MIB,
    collect: () => { state.collections += 1; state.mib = state.aliveMib },
  })
  return { memory, state, look: (cpuMs, mib) => { state.cpuMs += cpuMs; state.mib = mib; memory.look(5000); return state.collections } }
}

it('collects once when a load is over', () => {
  const { look } = grownProcess()
  expect(look(20, 120)).toBe(0)
  expect(look(4000, 300)).toBe(0)
  expect(look(300, 310)).toBe(0)
  expect(look(30, 310)).toBe(1)
  expect(look(30, 125)).toBe(1)
})

it('leaves a process alone that is quiet and has grown little', () => {
  const { look } = grownProcess()
  for (const mib of [120, 130, 140, 150, 145, 152]) expect(look(10, mib)).toBe(0)
})

it('takes for granted what is alive', () => {
  const { look, state } = grownProcess()
  state.aliveMib = 260
  expect(look(10, 300)).toBe(1)
  expect(look(10, 270)).toBe(1)
  expect(look(10, 285)).toBe(1)
  expect(look(10, 320)).toBe(2)
})

it('measures growth from the smallest it has been', () => {
  const { look } = grownProcess()
  expect(look(10, 100)).toBe(0)
  expect(look(10, 130)).toBe(0)
  expect(look(10, 150)).toBe(1)
})
