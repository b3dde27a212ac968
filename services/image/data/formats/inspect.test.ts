import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FormatReport } from './format-report.ts'
import { inspectFormat, recognise, refuseFormat, refuseHead, shownVirtualSize } from './inspect.ts'

const GIB = 1 << 30

function reader(data: Buffer) {
  return async (offset: number, length: number): Promise<Buffer> => data.subarray(offset, offset + length)
}

async function inspect(data: Buffer, claimed: string | null = null): Promise<FormatReport> {
  return await inspectFormat(reader(data), data.length, claimed)
}

function qcow2(parts: { version?: number; backing?: bigint; features?: bigint; extension?: number; size?: bigint } = {}): Buffer {
  const b = Buffer.alloc(65536)
  b.write('QFI\xfb', 'latin1')
  b.writeUInt32BE(parts.version ?? 3, 4)
  b.writeBigUInt64BE(parts.backing ?? 0n, 8)
  b.writeBigUInt64BE(parts.size ?? BigInt(GIB), 24)
  b.writeBigUInt64BE(parts.features ?? 0n, 72)
  b.writeUInt32BE(104, 100)
  if (parts.extension !== undefined) {
    // A harmless extension first: the walk must go on behind it.
    b.writeUInt32BE(0x6803f857, 104)
    b.writeUInt32BE(4, 108)
    b.writeUInt32BE(parts.extension, 120)
  }
  return b
}

const GOOD = '# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="monolithicSparse"\nRW 2048 SPARSE "disk.vmdk"\nddb.adapterType = "ide"\n'

function vmdk(descriptor = GOOD, change: (header: Buffer) => void = () => {}): Buffer {
  const b = Buffer.alloc(65536)
  b.write('KDMV')
  b.writeUInt32LE(1, 4)
  b.writeBigUInt64LE(2048n, 12)
  b.writeBigUInt64LE(1n, 28)
  b.writeBigUInt64LE(20n, 36)
  b.write(descriptor, 512, 'latin1')
  change(b)
  return b
}

function vhdx(flags = 0): Buffer {
  const b = Buffer.alloc(2 << 20)
  b.write('vhdxfile')
  b.write('regi', 192 * 1024)
  b.writeUInt32LE(1, 192 * 1024 + 8)
  b.write('06a27c8b90479a4bb8fe575f050f886e', 192 * 1024 + 16, 'hex')
  b.writeBigUInt64LE(1n << 20n, 192 * 1024 + 32)
  const at = 1 << 20
  b.write('metadata', at)
  b.writeUInt16LE(2, at + 10)
  b.write('2442a52f1bcd7648b2115dbed83bf4b8', at + 32, 'hex')
  b.writeUInt32LE(70_000, at + 48)
  b.write('3767a1ca36fa434db3b633f0aa44e76b', at + 64, 'hex')
  b.writeUInt32LE(70_016, at + 80)
  b.writeBigUInt64LE(BigInt(GIB), at + 70_000)
  b.writeUInt32LE(flags, at + 70_020)
  return b
}

function vhd(type = 3, at = 0, length = 65536): Buffer {
  const b = Buffer.alloc(length)
  b.write('conectix', at)
  b.writeBigUInt64BE(BigInt(GIB), at + 48)
  b.writeUInt32BE(type, at + 60)
  return b
}

function vdi(): Buffer {
  const b = Buffer.alloc(65536)
  b.writeUInt32LE(0xbeda107f, 0x40)
  b.writeBigUInt64LE(BigInt(GIB), 0x170)
  return b
}

describe('what stands for itself is taken, with its virtual size', () => {
  test.each<[string, Buffer, number]>([
    ['qcow2', qcow2(), GIB], ['qcow2', qcow2({ version: 2 }), GIB], ['qcow2', qcow2({ features: 0b11011n, extension: 0xe2792aca }), GIB], ['vmdk', vmdk(), 1 << 20],
    ['vmdk', vmdk(GOOD.replace('monolithicSparse', 'streamOptimized')), 1 << 20], ['vhdx', vhdx(), GIB], ['vhd', vhd(), GIB], ['vhd', vhd(2, 65024), GIB], ['vdi', vdi(), GIB], ['raw', Buffer.alloc(5000), 5000],
  ])('%s', async (format, data, size) => {
    const found = await inspect(data, format)
    expect(found).toEqual({ format, virtualSizeBytes: size })
    const claim = { diskFormat: format, containerFormat: 'bare', requireMatch: true }
    expect(refuseFormat(claim, found)).toBeUndefined()
    expect(refuseHead(claim, data.subarray(0, 512))).toBeUndefined()
    expect(shownVirtualSize(claim, found)).toBe(size)
    expect(shownVirtualSize({ ...claim, containerFormat: 'ovf' }, found)).toBeNull()
  })
})

describe('what could read another file of the host is refused under any claim, in any container', () => {
  test.each<[string, Buffer]>([
    ['a qcow2 with a backing file', qcow2({ backing: 512n })], ['a qcow2 version 2 with one', qcow2({ version: 2, backing: 8n })], ['a qcow2 with a data file', qcow2({ features: 4n })],
    ['a qcow2 that names a data file', qcow2({ extension: 0x44415441 })], ['a qcow2 with unknown features', qcow2({ features: 1n << 40n })], ['a qcow1', qcow2({ version: 1 })],
    ['a qcow2 cut off', qcow2().subarray(0, 90)], ['a qcow2 beyond reason', qcow2({ size: 1n << 60n })],
    ['a vmdk descriptor alone', Buffer.from(GOOD)], ['a vmdk with a flat extent', vmdk(GOOD.replace('monolithicSparse', 'monolithicFlat'))], ['a vmdk with a path', vmdk(GOOD.replace('disk.vmdk', '/etc/passwd'))],
    ['a vmdk with a parent', vmdk(GOOD.replace('ffffffff', '12345678'))], ['a vmdk with a strange line', vmdk(`${GOOD}INCLUDE "x"\n`)], ['a vmdk without type', vmdk('RW 1 SPARSE "x"\n')],
    ['a vmdk without extents', vmdk('createType="monolithicSparse"\n')], ['a vmdk with bytes for a descriptor', vmdk('\xff\xfe\x01')], ['a vmdk with its descriptor elsewhere', vmdk(GOOD, (h) => h.writeBigUInt64LE(9n, 28))],
    ['a vmdk without its footer', vmdk(GOOD, (h) => h.writeBigUInt64LE(0xffffffffffffffffn, 56))], ['a vhdx with a parent', vhdx(2)], ['a vhdx cut off', vhdx().subarray(0, 300_000)],
    ['a vhd with a parent', vhd(4)], ['a qed', Buffer.from('QED\0'.padEnd(600, 'x'))],
  ])('%s', async (_name, data) => {
    for (const diskFormat of ['raw', 'qcow2', 'vmdk', 'iso']) {
      for (const containerFormat of ['bare', 'ovf']) {
        expect(refuseFormat({ diskFormat, containerFormat, requireMatch: false }, await inspect(data, diskFormat))).toBeTypeOf('string')
      }
    }
  })

  test('a footer that contradicts the header', async () => {
    const withFooter = vmdk(GOOD, (h) => h.writeBigUInt64LE(0xffffffffffffffffn, 56))
    const footer = Buffer.from(withFooter.subarray(0, 512))
    const end = Buffer.alloc(512)
    expect((await inspect(Buffer.concat([withFooter, footer, end]))).unsafe).toBeUndefined()
    footer.writeBigUInt64LE(64n, 28)
    expect((await inspect(Buffer.concat([withFooter, footer, end]))).unsafe).toContain('contradicts')
  })
})

describe('a bare image is what it says', () => {
  const claim = (diskFormat: string) => ({ diskFormat, containerFormat: 'bare', requireMatch: true })
  test.each<[string, Buffer, string]>([
    ['raw', qcow2(), 'disk_format is raw, but the data is qcow2'], ['iso', vdi(), 'disk_format is iso, but the data is vdi'], ['qcow2', Buffer.alloc(1000), 'disk_format is qcow2, but the data is not qcow2'],
    ['vmdk', qcow2(), 'disk_format is vmdk, but the data is qcow2'], ['ami', vhdx(), 'disk_format is ami, but the data is vhdx'],
  ])('%s', async (diskFormat, data, refusal) => {
    expect(refuseFormat(claim(diskFormat), await inspect(data, diskFormat))).toBe(refusal)
    expect(refuseHead(claim(diskFormat), data.subarray(0, 512))).toBe(refusal)
    expect(refuseFormat({ ...claim(diskFormat), containerFormat: 'ami' }, await inspect(data, diskFormat))).toBeUndefined()
    expect(refuseFormat({ ...claim(diskFormat), requireMatch: false }, await inspect(data, diskFormat))).toBeUndefined()
  })
})

test('no bytes make the inspection fail, or read far', async () => {
  const magic = fc.constantFrom('QFI\xfb', 'KDMV', 'vhdxfile', 'conectix', 'QED\0', '# Disk DescriptorFile', '')
  await fc.assert(fc.asyncProperty(magic, fc.uint8Array({ maxLength: 2000 }), fc.constantFrom(null, 'raw', 'vhd'), async (start, rest, claimed) => {
    const data = Buffer.concat([Buffer.from(start, 'latin1'), rest])
    const read = async (offset: number, length: number): Promise<Buffer> => {
      expect(length).toBeLessThanOrEqual(1 << 20)
      expect(Number.isSafeInteger(offset)).toBe(true)
      return data.subarray(offset, offset + length)
    }
    const found = await inspectFormat(read, data.length, claimed)
    expect(['raw', found.format]).toContain(recognise(data) === 'raw' ? found.format === 'vhd' ? found.format : 'raw' : found.format)
  }), { numRuns: 500 })
})
