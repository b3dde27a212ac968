/**
 * What a guest that fits into one sector says. The fake hypervisor has no processor to run it on, so it reads it: the
 * zero-terminated texts in the code, in their order, are what such a guest writes to its serial line. A disk with a
 * partition table, or without the boot signature, holds no such guest.
 */

export const SECTOR_BYTES = 512

/** Of the master boot record: four entries of 16 bytes, then the signature 55 AA. */
const PARTITIONS_AT = 446
const SIGNATURE_AT = 510

/** Shorter ones are instructions that happen to be letters. */
const TEXTS = /[\t\n\r -~]{4,}(?=\0)/g

/** Undefined when the sector is no guest of its own. */
export function textOfBootSector(sector: Buffer): string | undefined {
  if (sector.length < SECTOR_BYTES || sector.readUInt16BE(SIGNATURE_AT) !== 0x55aa) return undefined
  if (sector.subarray(PARTITIONS_AT, SIGNATURE_AT).some((byte) => byte !== 0)) return undefined
  const texts = sector.toString('latin1', 0, PARTITIONS_AT).match(TEXTS)
  return texts?.join('').replaceAll('\r', '')
}
