/** Extra specs: what a flavor says beyond sizes, key by key. */
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { dropSpec, mergeSpecs, specsOf } from './change-extra-specs.ts'
import { checkExtraSpec } from './extra-spec-rules.ts'
import { flavorRules } from './flavor.versions.ts'

type Given = Record<string, string | number>

export async function listExtraSpecs(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { extra_specs: await specsOf(ctx, request.params['id']!) }
}

export async function showExtraSpec(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const { id, key } = request.params as { id: string; key: string }
  const specs = await specsOf(ctx, id)
  if (!Object.hasOwn(specs, key)) throw errors.FlavorExtraSpecNotFound({ id, key })
  return { [key]: specs[key] }
}

export async function addExtraSpecs(ctx: ComputeContext, request: RouteRequest<{ extra_specs: Given }>): Promise<object> {
  checkSpecs(request.version, request.body.extra_specs)
  await mergeSpecs(ctx, request.params['id']!, request.body.extra_specs)
  return request.body
}

export async function changeExtraSpec(ctx: ComputeContext, request: RouteRequest<Given>): Promise<object> {
  checkSpecs(request.version, request.body)
  if (!Object.hasOwn(request.body, request.params['key']!)) throw errors.BadRequest({ message: 'Request body and URI mismatch' })
  await mergeSpecs(ctx, request.params['id']!, request.body)
  return request.body
}

export async function removeExtraSpec(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const { id, key } = request.params as { id: string; key: string }
  await dropSpec(ctx, id, key)
}

function checkSpecs(version: number, given: Given): void {
  for (const [name, value] of Object.entries(given)) {
    const text = String(value)
    if (text.length > 255) throw errors.InvalidInput({ reason: 'extra_specs value has ' + `${text.length} characters, more than 255.` })
    if (flavorRules(version).extraSpecsChecked) checkExtraSpec(name, text)
  }
}
