/** The benchmark's table. Ratios are of CPU time where both sides have it. */
import { mebibytes, seconds, table } from '../terminal.ts'
import type { Sample } from './measure.ts'
import type { BootResult, TransferResult } from './scenarios.ts'

export interface Outcome {
  samples: Sample[]
  /** The bare runtime with replies of the same size, by the sample's name. */
  bare: Sample[]
  boots: BootResult[]
  transfers: TransferResult[]
  startMs: number | null
  idleBytes: number | null
  loadedBytes: number | null
  restedBytes: number | null
}

const ms = (value: number | null | undefined): string => (value === null || value === undefined ? '-' : value < 10 ? value.toFixed(2) : value.toFixed(0))
const times = (big: number | null | undefined, small: number | null | undefined): string => (big === null || big === undefined || small === null || small === undefined || small === 0 ? '-' : `${(big / small).toFixed(big / small < 10 ? 1 : 0)}×`)

export function report(nacre: Outcome, other: Outcome | undefined): string {
  const parts = [calls(nacre, other), boots(nacre, other), transfers(nacre, other)]
  if (nacre.startMs !== null) parts.push(`Start to first answered request              ${seconds(nacre.startMs)}\nMemory idle / after the load / after a rest  ${[nacre.idleBytes, nacre.loadedBytes, nacre.restedBytes].map((bytes) => mebibytes(bytes!)).join(' / ')}`)
  return `${parts.join('\n\n')}\n`
}

function calls(nacre: Outcome, other: Outcome | undefined): string {
  const headers = ['Call', 'p50 ms', 'p99 ms', '/s (16)', 'CPU ms', 'bare CPU ms', 'over bare', ...(other === undefined ? [] : ['other CPU ms', 'other p50', 'CPU ratio'])]
  return table(headers, nacre.samples.map((s) => {
    const bare = nacre.bare.find((b) => b.name === s.name)
    const theirs = other?.samples.find((o) => o.name === s.name)
    const row = [s.name, ms(s.p50Ms), ms(s.p99Ms), s.perSecond16.toFixed(0), ms(s.cpuMs), bare === undefined ? '-' : bare.cpuMs!.toFixed(3), times(s.cpuMs, bare?.cpuMs)]
    return other === undefined ? row : [...row, ms(theirs?.cpuMs), ms(theirs?.p50Ms), times(theirs?.cpuMs, s.cpuMs)]
  }))
}

function boots(nacre: Outcome, other: Outcome | undefined): string {
  return table(['Servers', 'count', 'boots/s', 's each', 'CPU ms boot', 'CPU ms with delete', ...(other === undefined ? [] : ['other boots/s', 'other CPU ms', 'CPU ratio'])], nacre.boots.map((b) => {
    const theirs = other?.boots.find((o) => o.name === b.name)
    const row = [b.name, String(b.count), b.perSecond.toFixed(1), b.secondsEach.toFixed(3), ms(b.cpuMsBoot), ms(b.cpuMsEach)]
    return other === undefined ? row : [...row, theirs?.perSecond.toFixed(2) ?? '-', ms(theirs?.cpuMsEach), times(theirs?.cpuMsEach, b.cpuMsEach)]
  }))
}

function transfers(nacre: Outcome, other: Outcome | undefined): string {
  return table(['Bytes', 'MiB/s', 'CPU s', ...(other === undefined ? [] : ['other MiB/s'])], nacre.transfers.map((t) => {
    const row = [t.name, t.mibPerSecond.toFixed(0), t.cpuSeconds?.toFixed(2) ?? '-']
    return other === undefined ? row : [...row, other.transfers.find((o) => o.name === t.name)?.mibPerSecond.toFixed(0) ?? '-']
  }))
}
