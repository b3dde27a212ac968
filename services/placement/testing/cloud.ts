/** Providers for tests, made through the front door: `await host(client, 1, { resources: { VCPU: 8 }, traits: […] })`. */
import { expect } from 'vitest'
import type { TestClient } from '#testkit/http.ts'
import { id } from './conversation.ts'

export interface Host {
  parent?: number
  resources?: Record<string, number | object>
  traits?: string[]
  aggregates?: number[]
}

export async function host(client: TestClient, number: number, { parent, resources = {}, traits = [], aggregates = [] }: Host = {}): Promise<void> {
  const headers = { 'openstack-api-version': 'placement 1.39' }
  const path = `/resource_providers/${id(number)}`
  const inventories = Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, typeof amount === 'number' ? { total: amount } : amount]))
  const statuses = [
    (await client.post('/resource_providers', { uuid: id(number), name: `host-${number}`, parent_provider_uuid: parent === undefined ? null : id(parent) }, headers)).status,
    (await client.put(`${path}/inventories`, { resource_provider_generation: 0, inventories }, headers)).status,
    (await client.put(`${path}/aggregates`, { resource_provider_generation: 1, aggregates: aggregates.map(id) }, headers)).status,
    (await client.put(`${path}/traits`, { resource_provider_generation: 2, traits }, headers)).status,
  ]
  expect(statuses).toEqual([200, 200, 200, 200])
}

/** Body of a claim for one consumer on one provider. */
export function claim(provider: number, resources: Record<string, number>, generation: number | null = null): object {
  return { allocations: { [id(provider)]: { resources } }, project_id: 'alpha', user_id: 'alice', consumer_generation: generation, consumer_type: 'INSTANCE' }
}
