/** Traits as such: list, ask, register, remove. They have no representation but their name. */
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { isValid } from '#core/schema/schema.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { lastValue } from '../filters/query-language.ts'
import { fresh } from '../freshness.versions.ts'
import { deleteTrait } from './delete-trait.ts'
import { STANDARD_TRAITS } from './standard-traits.ts'
import { CustomTraitName } from './trait.schema.ts'
import { findCustomTraits, insertTrait, listCustomTraits, listTraitsInUse } from './trait.store.ts'

type NameTest = (name: string) => boolean

export async function listTraits(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const isNamed = nameTest(lastValue(request.query, 'name'))
  const isAssociated = await associationTest(ctx, lastValue(request.query, 'associated'))
  const custom = await listCustomTraits(ctx)
  const names = [...STANDARD_TRAITS, ...custom.map((row) => row.name)].filter((name) => isNamed(name) && isAssociated(name))
  return fresh(ctx, request, { body: { traits: names }, changed: custom.map((row) => row.created_at) })
}

/** `in:A,B` or `startswith:PREFIX`; another word before the colon asks for nothing. */
function nameTest(text: string | undefined): NameTest {
  if (text === undefined) return () => true
  const colon = text.indexOf(':')
  if (colon < 0) {
    throw errors.BadRequest({ message: `Badly formatted name parameter. Expected name query string parameter in form: ?name=[in|startswith]:[name1,name2|prefix]. Got: "${text}"` })
  }
  const value = text.slice(colon + 1)
  switch (text.slice(0, colon)) {
    case 'in': {
      const names = new Set(value.split(','))
      return (name) => names.has(name)
    }
    case 'startswith': return (name) => name.startsWith(value)
    default: return () => true
  }
}

/** Whether any provider has (or none has) the trait. */
async function associationTest(ctx: PlacementContext, text: string | undefined): Promise<NameTest> {
  if (text === undefined) return () => true
  const wanted = text.toLowerCase()
  if (wanted !== 'true' && wanted !== 'false') throw errors.BadRequest({ message: 'The query parameter "associated" only accepts "true" or "false"' })
  const used = await listTraitsInUse(ctx)
  return (name) => used.has(name) === (wanted === 'true')
}

export async function showTrait(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const name = request.params['name']!
  const [custom] = STANDARD_TRAITS.has(name) ? [] : await findCustomTraits(ctx, [name])
  if (custom === undefined && !STANDARD_TRAITS.has(name)) throw errors.TraitNotFound({ name })
  return fresh(ctx, request, { changed: custom === undefined ? [] : [custom.created_at] })
}

/** 201 when it was new, 204 when it was there. */
export async function ensureTrait(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const name = request.params['name']!
  if (!isValid(CustomTraitName, name)) throw errors.TraitInvalid()
  const made = await insertTrait(ctx, name)
  const changed = made ? [] : (await findCustomTraits(ctx, [name])).map((row) => row.created_at)
  return fresh(ctx, request, { status: made ? 201 : 204, headers: { location: `${request.baseUrl}/traits/${name}` }, changed })
}

export async function deleteTraitHandler(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  await deleteTrait(ctx, request.params['name']!)
}
