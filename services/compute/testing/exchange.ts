/**
 * Exchanges with compute as data: a request, the version it is made in, and what it must be answered.
 *
 *     await exchange(cloud.admin, [
 *       { do: 'GET /os-services', at: '2.1', then: 200, shows: { services: [{ id: 1 }] } },
 *       { do: 'GET /os-hypervisors/x', then: 400, says: 'Invalid uuid x' },
 *     ])
 */
import { expect } from 'vitest'
import type { TestClient } from '#testkit/http.ts'

export interface Exchange {
  /** Method and path below `/v2.1`. */
  do: string
  /** Version; default the latest. */
  at?: string
  body?: unknown
  then: number
  /** The body has at least this. */
  shows?: object
  /** The body is exactly this. */
  is?: unknown
  /** The refusal's whole message. */
  says?: string
}

export async function exchange(client: TestClient, exchanges: Exchange[]): Promise<void> {
  for (const one of exchanges) {
    const [method, path] = one.do.split(' ') as [string, string]
    const answer = await client.request<unknown>(method, `/v2.1${path}`, one.body, { 'openstack-api-version': `compute ${one.at ?? '2.93'}` })
    const story = `${one.do} at ${one.at ?? 'latest'}: ${answer.text.slice(0, 400)}`
    expect(answer.status, story).toBe(one.then)
    if (one.shows !== undefined) expect(answer.body, story).toMatchObject(one.shows)
    if (one.is !== undefined) expect(answer.body, story).toEqual(one.is)
    if (one.says !== undefined) expect(Object.values(answer.body as Record<string, { message: string }>)[0]!.message, story).toBe(one.says)
  }
}
