/**
 * Whether KVM is worth using, measured. A /dev/kvm may be there and yet be broken, or slower than emulation (nested,
 * with every exit taken twice). So one tiny machine is run both ways: a boot sector that counts, then reads a port a
 * few thousand times (each an exit), then ends the emulator. Both run side by side: KVM is used only if it comes in first,
 * and a KVM that never comes in costs no more time than emulation takes.
 * The verdict is kept in the state directory until emulator or kernel change.
 */
import { access, constants, mkdtemp, open, rm } from 'node:fs/promises'
import { release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTextFile, writeFileAtomic } from '#core/host/files.ts'
import { ProgramFailed, run } from '#core/host/run.ts'
import type { Log } from '#core/log/log.ts'

export type Acceleration = 'kvm' | 'qemu'

interface Verdict { acceleration: Acceleration; because: string; kvmMs: number | null; emulationMs: number | null; measuredOn: string }

/** Who has not come in by then loses; emulation is what remains in any case. */
const DEADLINE_MS = 20_000

/** `kvm` where it works and wins, else `qemu`. */
export async function measureAcceleration(stateDir: string, emulatorVersion: number, log: Log): Promise<Acceleration> {
  const path = join(stateDir, 'acceleration.json')
  const measuredOn = `qemu ${emulatorVersion}, linux ${release()}, kvm ${await kvmOpens() ? 'present' : 'absent'}`
  const known = await readTextFile(path)
  if (known !== undefined) {
    const verdict = JSON.parse(known) as Verdict
    if (verdict.measuredOn === measuredOn) return verdict.acceleration
  }
  const verdict = { ...await judge(), measuredOn }
  log.info({ ...verdict }, 'acceleration measured')
  await writeFileAtomic(path, `${JSON.stringify(verdict, null, 2)}\n`)
  return verdict.acceleration
}

async function kvmOpens(): Promise<boolean> {
  return await access('/dev/kvm', constants.R_OK | constants.W_OK).then(() => true, () => false)
}

async function judge(): Promise<Omit<Verdict, 'measuredOn'>> {
  if (!await kvmOpens()) return { acceleration: 'qemu', because: 'there is no /dev/kvm to open', kvmMs: null, emulationMs: null }
  const [kvm, emulation] = [new AbortController(), new AbortController()]
  const [kvmMs, emulationMs] = await Promise.all([timeMachine('kvm', kvm.signal, emulation), timeMachine('tcg', emulation.signal, kvm)])
  if (kvmMs !== null) return { acceleration: 'kvm', because: 'kvm came in first', kvmMs, emulationMs }
  const because = emulationMs === null ? `neither ended within ${DEADLINE_MS} ms` : 'emulation came in first'
  return { acceleration: 'qemu', because, kvmMs, emulationMs }
}

/** Milliseconds the machine took, or null when it did not end by itself or the other came in before. */
async function timeMachine(accelerator: string, signal: AbortSignal, other: AbortController): Promise<number | null> {
  const folder = await mkdtemp(join(tmpdir(), 'acceleration-'))
  const disk = join(folder, 'floppy')
  try {
    const file = await open(disk, 'w')
    await file.write(BOOT_SECTOR)
    await file.truncate(1_474_560)
    await file.close()
    const started = performance.now()
    // Its end is its own (`timeout`), not only ours: a machine that a broken KVM never lets finish must not outlive a killed process.
    await run('timeout', ['--signal=KILL', String(DEADLINE_MS / 1000), 'qemu-system-x86_64', '-accel', accelerator, '-machine', 'pc', '-m', '16', '-nodefaults', '-display', 'none', '-no-reboot',
      '-drive', `file=${disk},format=raw,if=floppy`, '-boot', 'a', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
    { timeoutMs: DEADLINE_MS + 2000, okCodes: [DONE], signal })
    const ms = Math.round(performance.now() - started)
    if (signal.aborted) return null
    other.abort()
    return ms
  } catch (error) {
    if (error instanceof ProgramFailed) return null
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `isa-debug-exit` ends the emulator with twice the value and one. */
const DONE = 0x21 * 2 + 1

const BOOT_SECTOR = bootSector()

function bootSector(): Buffer {
  const sector = Buffer.alloc(512)
  Buffer.from([
    0x66, 0xb9, 0x00, 0xa3, 0xe1, 0x11, //  mov  ecx, 300000000
    0x66, 0x49, 0x75, 0xfc,             //  dec  ecx; jnz
    0xb9, 0x88, 0x13,                   //  mov  cx, 5000
    0xe4, 0x61, 0xe2, 0xfc,             //  in   al, 0x61; loop
    0xb0, 0x21, 0xe6, 0xf4,             //  out  0xf4, 0x21
    0xf4, 0xeb, 0xfd,                   //  hlt
  ]).copy(sector)
  sector.writeUInt16LE(0xaa55, 510)
  return sector
}
