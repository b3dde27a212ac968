/**
 * VMDK, of which only self-contained sparse files are taken: monolithicSparse and streamOptimized. Every other kind
 * (and a bare text descriptor) names extents in other files. The descriptor is read line by line; a line that is not
 * understood is a refusal. A footer, which readers prefer to the header, must say the same as the header.
 * https://www.vmware.com/app/vmdk (Virtual Disk Format 5.0)
 */
import { sizeOf, type FormatReport, type ReadAt } from './format-report.ts'

const SECTOR = 512
const DESCRIPTOR_MAX = (1 << 20) - 1
const GRAINS_AT_END = 0xffffffffffffffffn
const KINDS = new Set(['monolithicsparse', 'streamoptimized'])

export async function inspectVmdk(read: ReadAt, sizeBytes: number): Promise<FormatReport> {
  const header = await read(0, SECTOR)
  if (header.toString('latin1', 0, 4) !== 'KDMV') return refusal('it is only a vmdk descriptor, which names other files')
  if (header.length < SECTOR) return refusal('its vmdk header is cut off')
  const version = header.readUInt32LE(4)
  if (version < 1 || version > 3) return refusal(`vmdk version ${version} is not supported`)
  if (header.readBigUInt64LE(56) === GRAINS_AT_END) {
    const differs = await footerDiffers(read, sizeBytes, header)
    if (differs !== undefined) return refusal(differs)
  }
  const offset = header.readBigUInt64LE(28)
  const sectors = header.readBigUInt64LE(36)
  if (offset !== 1n || sectors === 0n) return refusal('its vmdk descriptor is not where it should be')
  const length = sectors * 512n > BigInt(DESCRIPTOR_MAX) ? DESCRIPTOR_MAX : Number(sectors) * SECTOR
  const descriptor = await read(SECTOR, length)
  const unsafe = judgeDescriptor(descriptor)
  return unsafe === undefined ? { format: 'vmdk', virtualSizeBytes: sizeOf(header.readBigUInt64LE(12) * 512n) } : refusal(unsafe)
}

function refusal(unsafe: string): FormatReport {
  return { format: 'vmdk', virtualSizeBytes: null, unsafe }
}

/** The footer is the sector before the end-of-stream marker. */
async function footerDiffers(read: ReadAt, sizeBytes: number, header: Buffer): Promise<string | undefined> {
  const footer = await read(Math.max(0, sizeBytes - 2 * SECTOR), SECTOR)
  if (footer.length < SECTOR || footer.toString('latin1', 0, 4) !== 'KDMV') return 'its vmdk footer is missing'
  const same = footer.subarray(4, 8).equals(header.subarray(4, 8)) && footer.subarray(12, 48).equals(header.subarray(12, 48))
  return same ? undefined : 'its vmdk footer contradicts its header'
}

function judgeDescriptor(raw: Buffer): string | undefined {
  const end = raw.indexOf(0)
  const bytes = end < 0 ? raw : raw.subarray(0, end)
  if (bytes.some((b) => b > 126 || (b < 32 && b !== 9 && b !== 10 && b !== 13))) return 'its vmdk descriptor is not plain text'
  let kind: string | undefined
  let extents = 0
  for (const line of bytes.toString('latin1').toLowerCase().split('\n').map((l) => l.trim())) {
    if (line === '' || line.startsWith('#') || line.startsWith('ddb')) continue
    const field = /^(\w+)\s*=\s*"?([^"]*)"?$/.exec(line)
    if (field !== null) {
      if (field[1] === 'createtype') kind = field[2]
      if (field[1] === 'parentcid' && field[2] !== 'ffffffff') return 'it has a parent disk; flatten it with qemu-img convert'
      if (field[1] === 'parentfilenamehint') return 'it names a parent disk; flatten it with qemu-img convert'
      continue
    }
    if (!/^(rw|rdonly|noaccess) /.test(line)) return 'its vmdk descriptor has a line that is not understood'
    if (line.includes('/') || line.includes('\\')) return 'its vmdk descriptor names a file elsewhere'
    extents += 1
  }
  if (kind === undefined || !KINDS.has(kind)) return `vmdk type ${kind === undefined ? 'unknown' : JSON.stringify(kind.slice(0, 40))} is not supported; use monolithicSparse or streamOptimized`
  return extents === 0 ? 'its vmdk descriptor names no extent' : undefined
}
