/** Candidates as short lines a test can compare: `1:VCPU=2 1:MEMORY_MB=64 | =1 _NET=3` (uses, then mappings). */
import { expect } from 'vitest'
import type { TestClient } from '#testkit/http.ts'
import type { Candidates } from '../contract.ts'

export async function candidateLines(client: TestClient, query: string, version = '1.39'): Promise<string[]> {
  const { body } = await askCandidates(client, query, version)
  return body.allocation_requests.map(lineOf).toSorted()
}

/** Which providers are summed up, by number. */
export async function summaryNumbers(client: TestClient, query: string, version = '1.39'): Promise<number[]> {
  const { body } = await askCandidates(client, query, version)
  return Object.keys(body.provider_summaries).map(numberOf).toSorted((a, b) => a - b)
}

export async function askCandidates(client: TestClient, query: string, version = '1.39'): Promise<{ body: Candidates }> {
  const answer = await client.get<Candidates>(`/allocation_candidates?${query}`, { 'openstack-api-version': `placement ${version}` })
  expect(answer.status, `${query}: ${answer.text.slice(0, 300)}`).toBe(200)
  return answer
}

function lineOf({ allocations, mappings }: Candidates['allocation_requests'][number]): string {
  const uses = Object.entries(allocations).flatMap(([uuid, { resources }]) => Object.entries(resources).map(([name, amount]) => `${numberOf(uuid)}:${name}=${amount}`))
  const served = Object.entries(mappings ?? {}).map(([suffix, uuids]) => `${suffix}=${uuids.map(numberOf).toSorted().join(',')}`)
  return [...uses.toSorted(), '|', ...served.toSorted()].join(' ')
}

function numberOf(uuid: string): number {
  return Number(uuid.slice(-12))
}
