/**
 * The search against its definition: small random clouds, random requests, and an oracle that tries every assignment
 * of providers and keeps those that the definition of a candidate allows. Slow, obvious, and written apart.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { client } from '#testkit/http.ts'
import { startBench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import { placement } from '../service.ts'
import { candidateLines } from '../testing/candidates.ts'
import { host } from '../testing/cloud.ts'
import { id } from '../testing/conversation.ts'

const CLASSES = ['VCPU', 'DISK_GB'] as const
const TRAITS = ['HW_CPU_X86_AVX', 'STORAGE_DISK_SSD', 'MISC_SHARES_VIA_AGGREGATE'] as const

interface Cloud { number: number; parent: number | undefined; root: number; stock: Partial<Record<string, number>>; traits: string[]; aggregates: number[] }

const cloud = fc.array(fc.record({
  parent: fc.option(fc.nat(5), { nil: undefined }),
  stock: fc.dictionary(fc.constantFrom(...CLASSES), fc.integer({ min: 1, max: 4 })),
  traits: fc.uniqueArray(fc.constantFrom(...TRAITS)),
  aggregates: fc.uniqueArray(fc.constantFrom(901, 902)),
}), { minLength: 1, maxLength: 6 }).map((drafts) => {
  const providers: Cloud[] = []
  for (const [at, draft] of drafts.entries()) {
    const parent = draft.parent === undefined || at === 0 ? undefined : draft.parent % at
    providers.push({ ...draft, number: at + 1, parent: parent === undefined ? undefined : parent + 1, root: parent === undefined ? at + 1 : providers[parent]!.root })
  }
  return providers
})

interface Group { suffix: string; resources: Partial<Record<string, number>>; required: string[]; forbidden: string[]; memberOf: number | undefined; notMemberOf: number | undefined; inTree: number | undefined }

function group(suffix: string): fc.Arbitrary<Group> {
  const rare = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 3 })
  return fc.record({
    suffix: fc.constant(suffix), resources: fc.dictionary(fc.constantFrom(...CLASSES), fc.integer({ min: 1, max: 3 }), { minKeys: 1 }),
    required: fc.uniqueArray(fc.constantFrom(TRAITS[0], TRAITS[1]), { maxLength: 1 }), forbidden: fc.constant([] as string[]),
    memberOf: rare(fc.constantFrom(901, 902)), notMemberOf: rare(fc.constantFrom(901, 902)), inTree: rare(fc.integer({ min: 1, max: 6 })),
  }).chain((g) => fc.uniqueArray(fc.constantFrom(TRAITS[0], TRAITS[1]), { maxLength: 1 }).map((forbidden) => ({ ...g, forbidden: forbidden.filter((t) => !g.required.includes(t)) })))
}

const request = fc.record({
  groups: fc.oneof(fc.tuple(group('')), fc.tuple(group('_A')), fc.tuple(group(''), group('_A')), fc.tuple(group('_A'), group('_B'))) as fc.Arbitrary<Group[]>,
  isolate: fc.boolean(), subtree: fc.boolean(), rootRequired: fc.option(fc.constantFrom(TRAITS[0], TRAITS[1]), { nil: undefined }),
})
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never

function queryOf({ groups, isolate, subtree, rootRequired }: Request): string {
  const query = new URLSearchParams({ group_policy: isolate ? 'isolate' : 'none' })
  for (const { suffix, ...g } of groups) {
    query.append(`resources${suffix}`, Object.entries(g.resources).map(([name, amount]) => `${name}:${amount}`).join(','))
    const traits = [...g.required, ...g.forbidden.map((t) => `!${t}`)]
    if (traits.length > 0) query.append(`required${suffix}`, traits.join(','))
    if (g.memberOf !== undefined) query.append(`member_of${suffix}`, id(g.memberOf))
    if (g.notMemberOf !== undefined) query.append(`member_of${suffix}`, `!${id(g.notMemberOf)}`)
    if (g.inTree !== undefined) query.append(`in_tree${suffix}`, id(g.inTree))
  }
  if (subtreeOf(groups, subtree).length > 0) query.append('same_subtree', '_A,_B')
  if (rootRequired !== undefined) query.append('root_required', rootRequired)
  return query.toString()
}

function subtreeOf(groups: Group[], subtree: boolean): string[] {
  return subtree && groups.some((g) => g.suffix === '_B') ? ['_A', '_B'] : []
}

function oracle(providers: Cloud[], request: Request): string[] {
  const at = (number: number): Cloud => providers[number - 1]!
  const isSharing = (p: Cloud): boolean => p.traits.includes('MISC_SHARES_VIA_AGGREGATE')
  const reaches = (p: Cloud, root: number): boolean => p.root === root || (isSharing(p) && providers.some((q) => q.root === root && q.aggregates.some((a) => p.aggregates.includes(a))))
  const inTree = (p: Cloud, g: Group): boolean => g.inTree === undefined || (g.inTree <= providers.length && p.root === at(g.inTree).root)
  const alone = (p: Cloud, g: Group): boolean => inTree(p, g) && g.required.every((t) => p.traits.includes(t)) && !g.forbidden.some((t) => p.traits.includes(t))
    && (g.memberOf === undefined || p.aggregates.includes(g.memberOf)) && (g.notMemberOf === undefined || !p.aggregates.includes(g.notMemberOf))
  const part = (p: Cloud, root: number, g: Group): boolean => {
    if (!inTree(p, g) || (p.root !== root && g.inTree !== undefined)) return false
    const own = g.memberOf === undefined || p.aggregates.includes(g.memberOf)
    const member = own || (p.root === root && at(root).aggregates.includes(g.memberOf!))
    return member && (g.notMemberOf === undefined || (!p.aggregates.includes(g.notMemberOf) && !at(root).aggregates.includes(g.notMemberOf)))
  }
  const line = (p: Cloud): number[] => [p.number, ...(p.parent === undefined ? [] : line(at(p.parent)))]
  const found = new Set<string>()
  for (const root of providers.filter((p) => p.parent === undefined && (request.rootRequired === undefined || p.traits.includes(request.rootRequired)))) {
    const slots = request.groups.flatMap((g) => Object.entries(g.resources).map(([name, amount]) => ({ g, name, amount: amount! })))
    const pick = (chosen: Cloud[]): void => {
      if (chosen.length < slots.length) {
        for (const p of providers) if (reaches(p, root.number) && (p.stock[slots[chosen.length]!.name] ?? 0) >= slots[chosen.length]!.amount) pick([...chosen, p])
        return
      }
      const of = (g: Group): Cloud[] => [...new Set(slots.flatMap((slot, i) => (slot.g === g ? [chosen[i]!] : [])))]
      for (const g of request.groups) {
        const used = of(g)
        if (g.suffix !== '') { if (used.length > 1 || !alone(used[0]!, g)) return } else {
          const traits = used.flatMap((p) => p.traits)
          if (!used.every((p) => part(p, root.number, g)) || !g.required.every((t) => traits.includes(t)) || g.forbidden.some((t) => traits.includes(t))) return
        }
      }
      const granular = request.groups.filter((g) => g.suffix !== '').map((g) => of(g)[0]!.number)
      if (request.isolate && new Set(granular).size < granular.length) return
      if (subtreeOf(request.groups, request.subtree).length > 0 && !granular.some((top) => granular.every((n) => line(at(n)).includes(top)))) return
      const sums = new Map<string, number>()
      for (const [i, slot] of slots.entries()) sums.set(`${chosen[i]!.number}:${slot.name}`, (sums.get(`${chosen[i]!.number}:${slot.name}`) ?? 0) + slot.amount)
      for (const [key, sum] of sums) if (sum > at(Number(key.split(':')[0])).stock[key.split(':')[1]!]!) return
      found.add([...[...sums].map(([key, sum]) => `${key}=${sum}`).toSorted(), '|', ...request.groups.map((g) => `${g.suffix}=${of(g).map((p) => p.number).toSorted().join(',')}`).toSorted()].join(' '))
    }
    pick([])
  }
  return [...found].toSorted()
}

describe('candidates', () => {
  it('are those of the definition, no more and no fewer', async () => {
    await fc.assert(fc.asyncProperty(cloud, fc.array(request, { minLength: 6, maxLength: 12 }), async (providers, requests) => {
      const bench = await startBench(placement)
      try {
        const admin = client(bench.pipeline, ADMIN)
        for (const p of providers) await host(admin, p.number, { parent: p.parent, resources: p.stock as Record<string, number>, traits: p.traits, aggregates: p.aggregates })
        for (const asked of requests) expect(await candidateLines(admin, queryOf(asked)), queryOf(asked)).toEqual(oracle(providers, asked))
      } finally {
        await bench.stop()
      }
    }), { numRuns: 40 })
  })
})
