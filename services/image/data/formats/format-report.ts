/**
 * What the bytes of an image are, whatever its record claims. A report is made from reads at chosen offsets, so it
 * never depends on more than a few hundred kilobytes, and it never trusts an offset that the data names.
 */

export type FoundFormat = 'raw' | 'qcow2' | 'qed' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi'

export interface FormatReport {
  format: FoundFormat
  /** Bytes a guest would see; null where it cannot be told. */
  virtualSizeBytes: number | null
  /** Why opening it could read something else of the host, or undefined when it stands for itself. */
  unsafe?: string
}

/** Reads up to `length` bytes; shorter at the end of the data. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>

/** A 64-bit size as a number; null where no honest image would be that large. */
export function sizeOf(value: bigint): number | null {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null
}
