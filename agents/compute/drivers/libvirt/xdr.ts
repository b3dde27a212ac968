/** External data representation (RFC 4506), the parts that libvirt's protocol uses. */

export class XdrWriter {
  readonly #parts: Buffer[] = []

  int(value: number): this {
    const buffer = Buffer.alloc(4)
    buffer.writeInt32BE(value | 0)
    this.#parts.push(buffer)
    return this
  }

  hyper(value: bigint): this {
    const buffer = Buffer.alloc(8)
    buffer.writeBigUInt64BE(value)
    this.#parts.push(buffer)
    return this
  }

  /** Bytes of a length both sides know, padded to four. */
  opaque(bytes: Buffer): this {
    this.#parts.push(bytes, Buffer.alloc((4 - bytes.length % 4) % 4))
    return this
  }

  string(text: string): this {
    const bytes = Buffer.from(text, 'utf8')
    return this.int(bytes.length).opaque(bytes)
  }

  optionalString(text: string | null): this {
    return text === null ? this.int(0) : this.int(1).string(text)
  }

  toBuffer(): Buffer { return Buffer.concat(this.#parts) }
}

export class XdrReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) { this.#bytes = bytes }

  int(): number {
    const value = this.#bytes.readInt32BE(this.#at)
    this.#at += 4
    return value
  }

  unsigned(): number { return this.int() >>> 0 }

  hyper(): bigint {
    const value = this.#bytes.readBigInt64BE(this.#at)
    this.#at += 8
    return value
  }

  double(): number {
    const value = this.#bytes.readDoubleBE(this.#at)
    this.#at += 8
    return value
  }

  opaque(length: number): Buffer {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length)
    this.#at += length + (4 - length % 4) % 4
    return bytes
  }

  string(): string { return this.opaque(this.unsigned()).toString('utf8') }
  optionalString(): string | null { return this.int() === 0 ? null : this.string() }

  list<T>(item: (reader: XdrReader) => T): T[] {
    return Array.from({ length: this.unsigned() }, () => item(this))
  }
}
