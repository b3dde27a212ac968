import { expect, it } from 'vitest'
import { makeGroup, makeId, makeNetwork, makePort, makeRouter, makeRule } from './testing/wanted.ts'
import { Question, WantedStore } from './wanted-state.ts'

const NOTHING = { networks: [], ports: [], securityGroups: [], routers: [] }

function ask(over: Partial<Record<'networkIds' | 'routerIds' | 'portIds' | 'securityGroupIds', string[]>>): Question {
  const question = new Question()
  question.add({ networkIds: [], routerIds: [], portIds: [], ...over })
  return question
}

it('reads a nudge without ids as everything', () => {
  expect(ask({}).everything).toBe(true)
  expect(ask({ securityGroupIds: [makeId()] }).everything).toBe(false)
})

it('forgets what was asked for and did not come, with the ports of a network', () => {
  const store = new WantedStore()
  const [a, b] = [makeNetwork(), makeNetwork()]
  const [inA, inB] = [makePort(a), makePort(b)]
  const router = makeRouter()
  store.accept(new Question(), { complete: true, networks: [a, b], ports: [inA, inB], securityGroups: [], routers: [router] })
  store.accept(ask({ networkIds: [a.id] }), { complete: false, ...NOTHING })
  expect(store.current().networks).toEqual([b])
  expect(store.current().ports).toEqual([inB])
  store.accept(ask({ portIds: [inB.id], routerIds: [router.id] }), { complete: false, ...NOTHING, networks: [b] })
  expect(store.current()).toEqual({ ...NOTHING, networks: [b] })
})

it('takes a complete answer for any question', () => {
  const store = new WantedStore()
  const [a, b] = [makeNetwork(), makeNetwork()]
  store.accept(new Question(), { complete: true, ...NOTHING, networks: [a] })
  store.accept(ask({ portIds: [makeId()] }), { complete: true, ...NOTHING, networks: [b] })
  expect(store.current().networks).toEqual([b])
})

it('keeps groups as long as a port or a rule of its groups names them', () => {
  const store = new WantedStore()
  const network = makeNetwork()
  const remote = makeGroup([])
  const group = makeGroup([])
  group.rules.push(makeRule({ remoteGroupId: remote.id }))
  const port = makePort(network, { securityGroupIds: [group.id] })
  store.accept(new Question(), { complete: true, networks: [network], ports: [port], securityGroups: [group, remote, makeGroup([])], routers: [] })
  expect(store.current().securityGroups).toEqual([group, remote])
  store.accept(ask({ portIds: [port.id] }), { complete: false, ...NOTHING })
  expect(store.current().securityGroups).toEqual([])
})
