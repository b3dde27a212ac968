/**
 * HTTP conversations as data, after the manner of gabbi: each step says a request and what it must be answered.
 *
 *     await converse(admin, [
 *       { do: 'POST /resource_providers', body: { name: 'host' }, then: 200, shows: { name: 'host' } },
 *       { do: 'GET /resource_providers/none', then: 404, says: 'No resource provider' },
 *     ])
 */
import { expect } from 'vitest'
import type { TestClient } from '#testkit/http.ts'

export interface Step {
  /** Method and path. */
  do: string
  /** Version; default the latest. */
  at?: string
  body?: unknown
  headers?: Record<string, string>
  then: number
  /** The body has at least this. */
  shows?: object
  /** The body is exactly this. */
  is?: unknown
  /** The refusal contains this. */
  says?: string
  code?: string
}

interface Refusal { errors: { detail: string; code?: string }[] }

export async function converse(client: TestClient, steps: Step[]): Promise<void> {
  for (const step of steps) {
    const [method, path] = step.do.split(' ') as [string, string]
    const answer = await client.request<unknown>(method, path, step.body, { 'openstack-api-version': `placement ${step.at ?? '1.39'}`, ...step.headers })
    const story = `${step.do} at ${step.at ?? 'latest'}: ${answer.text.slice(0, 400)}`
    expect(answer.status, story).toBe(step.then)
    if (step.shows !== undefined) expect(answer.body, story).toMatchObject(step.shows)
    if (step.is !== undefined) expect(answer.body, story).toEqual(step.is)
    if (step.says !== undefined) expect((answer.body as Refusal).errors[0]!.detail, story).toContain(step.says)
    if (step.code !== undefined) expect((answer.body as Refusal).errors[0]!.code, story).toBe(step.code)
  }
}

/** A UUID that one can tell from others: `id(7)`. */
export function id(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
