/** A network service on the bench with the usual callers, and shorthands for what most tests need first. */
import { client, type TestClient, type TestReply } from '#testkit/http.ts'
import { startBench, type Bench, type BenchOptions } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER, OTHER, READER } from '#testkit/tokens.ts'
import type { NetworkContext } from '../context.ts'
import { network } from '../service.ts'

/** A resource as JSON has it. */
export type Json = Record<string, unknown> & { id: string }

export interface NetworkBench extends Bench<NetworkContext> {
  admin: TestClient
  alice: TestClient
  rita: TestClient
  bob: TestClient
}

export async function startNetworkBench(options: BenchOptions = {}): Promise<NetworkBench> {
  const bench = await startBench(network, options)
  return Object.assign(bench, { admin: client(bench.pipeline, ADMIN), alice: client(bench.pipeline, MEMBER), rita: client(bench.pipeline, READER), bob: client(bench.pipeline, OTHER) })
}

const COLLECTIONS: Record<string, string> = {
  network: 'networks', subnet: 'subnets', port: 'ports', router: 'routers', floatingip: 'floatingips', security_group: 'security-groups',
  security_group_rule: 'security-group-rules', subnetpool: 'subnetpools', address_scope: 'address-scopes', rbac_policy: 'rbac-policies',
}

/** Creates one and answers it; a refusal fails the test with its text. */
export async function make(who: TestClient, kind: string, item: Record<string, unknown>): Promise<Json> {
  const answer = await who.post<Record<string, Json>>(`/v2.0/${COLLECTIONS[kind]!}`, { [kind]: item })
  if (answer.status !== 201) throw new Error(`${kind} was refused: ${answer.status} ${answer.text}`)
  return answer.body[kind]!
}

/** Changes one and answers it. */
export async function change(who: TestClient, kind: string, id: string, item: Record<string, unknown>): Promise<Json> {
  const answer = await who.put<Record<string, Json>>(`/v2.0/${COLLECTIONS[kind]!}/${id}`, { [kind]: item })
  if (answer.status !== 200) throw new Error(`${kind} was not changed: ${answer.status} ${answer.text}`)
  return answer.body[kind]!
}

export async function show(who: TestClient, kind: string, id: string): Promise<Json> {
  const answer = await who.get<Record<string, Json>>(`/v2.0/${COLLECTIONS[kind]!}/${id}`)
  if (answer.status !== 200) throw new Error(`${kind} was not shown: ${answer.status} ${answer.text}`)
  return answer.body[kind]!
}

/** A network with one IPv4 subnet. */
export async function makeNetwork(who: TestClient, cidr = '10.0.0.0/24', item: Record<string, unknown> = {}): Promise<{ network: Json; subnet: Json }> {
  const made = await make(who, 'network', { name: 'net', ...item })
  return { network: made, subnet: await make(who, 'subnet', { network_id: made.id, cidr, ip_version: 4 }) }
}

/** An external network as an administrator makes it. */
export async function makeExternal(admin: TestClient, cidr = '203.0.113.0/24'): Promise<{ network: Json; subnet: Json }> {
  const made = await make(admin, 'network', { name: 'public', 'router:external': true })
  return { network: made, subnet: await make(admin, 'subnet', { network_id: made.id, cidr, ip_version: 4, enable_dhcp: false }) }
}

/** Status and type of a refusal, as clients match on them. */
export function refusal(answer: TestReply<unknown>): string {
  return `${answer.status} ${(answer.body as { NeutronError?: { type?: string } }).NeutronError?.type ?? answer.text}`
}
