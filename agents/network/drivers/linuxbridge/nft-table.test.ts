import { expect, it } from 'vitest'
import { NftTable } from './nft-table.ts'

function table(change?: (made: NftTable) => void): NftTable {
  const made = new NftTable('inet', 't')
  made.set('s', 'type ipv4_addr;', ['10.0.0.1', '10.0.0.2'])
  made.map('m', 'type mark : verdict;', [['0x1', 'jump a']])
  made.chain('a', ['tcp dport 80 accept'])
  made.chain('hook', ['meta mark vmap @m'], 'type filter hook forward priority 0; policy accept;')
  change?.(made)
  return made
}

it('is equal to itself and says so without a transaction', () => {
  expect(table().hash).toBe(table().hash)
  expect(table().difference(table())).toBe('')
})

it('is the same table in whatever order its parts were learned, but not with rules in another order', () => {
  const turned = new NftTable('inet', 't')
  turned.chain('hook', ['meta mark vmap @m'], 'type filter hook forward priority 0; policy accept;')
  turned.chain('a', ['tcp dport 80 accept'])
  turned.map('m', 'type mark : verdict;', [['0x1', 'jump a']])
  turned.set('s', 'type ipv4_addr;', ['10.0.0.2', '10.0.0.1'])
  expect(turned.hash).toBe(table().hash)
  expect(turned.difference(table())).toBe('')
  const two = (rules: string[]): string => table((made) => { made.chain('a', rules) }).hash
  expect(two(['drop', 'accept'])).not.toBe(two(['accept', 'drop']))
})

it('touches only what differs, and moves the generation', () => {
  const before = table()
  const after = table((made) => {
    made.sets.get('s')!.elements.delete('10.0.0.1')
    made.sets.get('s')!.elements.set('10.0.0.3', '')
    made.sets.get('m')!.elements.set('0x2', 'jump b')
    made.chain('b', ['accept'])
  })
  expect(after.difference(before)!.split('\n')).toEqual([
    `add chain inet t ${after.generation}`, `delete chain inet t ${before.generation}`, 'add chain inet t b',
    'delete element inet t s { 10.0.0.1 }', 'add element inet t s { 10.0.0.3 }', 'add element inet t m { 0x2 : jump b }', 'add rule inet t b accept', '',
  ])
})

it('removes chains after whatever leads to them', () => {
  const before = table((made) => { made.chain('b', ['accept']); made.sets.get('m')!.elements.set('0x2', 'jump b') })
  expect(table().difference(before)!.split('\n').slice(2)).toEqual(['delete element inet t m { 0x2 : jump b }', 'flush chain inet t b', 'delete chain inet t b', ''])
})

it('wants a replacement where a set changes its kind', () => {
  expect(table((made) => { made.set('s', 'type ipv4_addr; flags interval;') }).difference(table())).toBeUndefined()
})

it('replaces a table in one transaction', () => {
  expect(table().replacement()).toMatch(/^table inet t\ndelete table inet t\ntable inet t \{\nchain generation_[0-9a-f]{20} \{\n\}\n/)
})
