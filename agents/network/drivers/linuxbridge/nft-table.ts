/**
 * An nftables table as a value: sets and maps with their elements, chains with their rules. Two values of one table
 * differ by a transaction that touches only what changed; a value prints as a whole table for the first load. The
 * value's hash is an empty chain in the loaded table (`generation_<hash>`), so anybody can see which value is
 * loaded, and a restarted agent that computes the same value has nothing to do.
 */
import { createHash } from 'node:crypto'

export interface NftSet { kind: 'set' | 'map'; /** `type ifname . ether_addr; flags interval;` */ spec: string; elements: Map<string, string> }
export interface NftChain { /** `type filter hook …; policy accept;` or empty. */ hook: string; rules: string[] }

export class NftTable {
  readonly family: string
  readonly name: string
  readonly sets = new Map<string, NftSet>()
  readonly chains = new Map<string, NftChain>()
  #hash: string | undefined

  constructor(family: string, name: string) {
    this.family = family
    this.name = name
  }

  set(name: string, spec: string, elements: Iterable<string> = []): Map<string, string> {
    const made: NftSet = { kind: 'set', spec, elements: new Map([...elements].map((element) => [element, ''])) }
    this.sets.set(name, made)
    return made.elements
  }

  map(name: string, spec: string, elements: Iterable<readonly [string, string]> = []): Map<string, string> {
    const made: NftSet = { kind: 'map', spec, elements: new Map(elements) }
    this.sets.set(name, made)
    return made.elements
  }

  chain(name: string, rules: string[], hook = ''): void {
    this.chains.set(name, { hook, rules })
  }

  /** Asked for the first time when the table is complete; from then on it may not change. */
  get hash(): string {
    this.#hash ??= createHash('sha256').update(this.#meaning()).digest('hex').slice(0, 20)
    return this.#hash
  }

  get generation(): string { return `generation_${this.hash}` }

  /** A transaction that puts this table in the place of whatever is there. */
  replacement(): string {
    return `table ${this.family} ${this.name}\ndelete table ${this.family} ${this.name}\ntable ${this.family} ${this.name} {\nchain ${this.generation} {\n}\n${this.#body()}}\n`
  }

  /**
   * What the table does, in an order of its own: elements, sets and chains mean the same in any order, and come in
   * another when parts of the wanted state were fetched one after the other. Rules of a chain keep theirs.
   */
  #meaning(): string {
    const sets = [...this.sets].map(([name, { kind, spec, elements }]) => [kind, name, spec, ...printed(elements).sort()].join('\n'))
    const chains = [...this.chains].map(([name, { hook, rules }]) => ['chain', name, hook, ...rules].join('\n'))
    return [...sets, ...chains].sort().join('\n\n')
  }

  #body(): string {
    let text = ''
    for (const [name, { kind, spec, elements }] of this.sets) {
      text += `${kind} ${name} {\n${spec}\n${elements.size === 0 ? '' : `elements = { ${printed(elements.entries()).join(', ')} }\n`}}\n`
    }
    for (const [name, { hook, rules }] of inOrder(this.chains)) text += `chain ${name} {\n${hook}${hook === '' ? '' : '\n'}${rules.map((rule) => `${rule}\n`).join('')}}\n`
    return text
  }

  /** The transaction from `before` to this value; undefined when only a replacement can do it, empty when equal. */
  difference(before: NftTable): string | undefined {
    if (this.hash === before.hash) return ''
    const structural = [...this.sets].some(([name, set]) => before.sets.has(name) && (before.sets.get(name)!.spec !== set.spec || before.sets.get(name)!.kind !== set.kind))
      || [...this.chains].some(([name, chain]) => before.chains.has(name) && before.chains.get(name)!.hook !== chain.hook)
    if (structural) return undefined
    const where = `${this.family} ${this.name}`
    return [...this.#declarations(before, where), ...this.#elements(before, where), ...this.#rules(before, where), ...this.#removals(before, where), ''].join('\n')
  }

  #declarations(before: NftTable, where: string): string[] {
    const sets = [...this.sets].filter(([name]) => !before.sets.has(name)).map(([name, { kind, spec }]) => `add ${kind} ${where} ${name} { ${spec} }`)
    const chains = inOrder(this.chains).filter(([name]) => !before.chains.has(name)).map(([name, { hook }]) => `add chain ${where} ${name}${hook === '' ? '' : ` { ${hook} }`}`)
    return [`add chain ${where} ${this.generation}`, `delete chain ${where} ${before.generation}`, ...sets, ...chains]
  }

  #elements(before: NftTable, where: string): string[] {
    const lines: string[] = []
    for (const [name, { elements }] of this.sets) {
      const old = before.sets.get(name)?.elements ?? new Map<string, string>()
      const gone = [...old].filter(([key, value]) => elements.get(key) !== value)
      const come = [...elements].filter(([key, value]) => old.get(key) !== value)
      if (gone.length > 0) lines.push(`delete element ${where} ${name} { ${printed(gone).join(', ')} }`)
      if (come.length > 0) lines.push(`add element ${where} ${name} { ${printed(come).join(', ')} }`)
    }
    return lines
  }

  #rules(before: NftTable, where: string): string[] {
    const lines: string[] = []
    for (const [name, { rules }] of inOrder(this.chains)) {
      const old = before.chains.get(name)?.rules
      if (old !== undefined && old.length === rules.length && old.every((rule, at) => rule === rules[at])) continue
      if (old !== undefined) lines.push(`flush chain ${where} ${name}`)
      for (const rule of rules) lines.push(`add rule ${where} ${name} ${rule}`)
    }
    return lines
  }

  #removals(before: NftTable, where: string): string[] {
    const chains = inOrder(before.chains).filter(([name]) => !this.chains.has(name)).map(([name]) => name).reverse()
    const sets = [...before.sets.keys()].filter((name) => !this.sets.has(name))
    return [
      ...chains.map((name) => `flush chain ${where} ${name}`), ...chains.map((name) => `delete chain ${where} ${name}`),
      ...sets.map((name) => `delete ${before.sets.get(name)!.kind} ${where} ${name}`),
    ]
  }
}

/** Plain chains before those with a hook, so that every jump finds its target. */
function inOrder(chains: Map<string, NftChain>): [string, NftChain][] {
  return [...chains].sort(([, a], [, b]) => Number(a.hook !== '') - Number(b.hook !== ''))
}

function printed(elements: Iterable<readonly [string, string]>): string[] {
  return [...elements].map(([key, value]) => (value === '' ? key : `${key} : ${value}`))
}
