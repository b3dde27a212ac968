/** Registers an image: a row without data, which an upload or an import fills. */
import { authorise, may } from '#core/http/context.ts'
import { flag } from '#core/db/json.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'
import { checkImage } from './image-check.ts'
import { checkPropertyName } from './image-patch.ts'
import { DISALLOWED, READ_ONLY, WRITABLE } from './image.schema.ts'
import { findImage, insertImage, namedValues, withDetail } from './image.store.ts'
import type { Image } from './image.view.ts'

interface NewImage { attributes: Record<string, unknown>; properties: Record<string, string>; tags: string[] }

export async function createImage(ctx: ImageContext, body: unknown): Promise<Image> {
  const wanted = readNewImage(body)
  const { attributes, properties, tags } = wanted
  const owner = 'owner' in attributes ? attributes['owner'] as string | null : ctx.identity.project?.id ?? null
  const visibility = (attributes['visibility'] as string | undefined) ?? 'shared'
  authoriseCreate(ctx, owner, 'visibility' in attributes ? visibility : 'private')
  checkQuotas(ctx, properties, tags)
  const id = (attributes['id'] as string | undefined) ?? ctx.ids.uuid()
  const now = nowIso(ctx.clock)
  const inserted = await insertImage(ctx, {
    id, name: (attributes['name'] as string | null | undefined) ?? null, status: 'queued', visibility, owner,
    protected: flag(attributes['protected'] === true), os_hidden: flag(attributes['os_hidden'] === true),
    disk_format: (attributes['disk_format'] as string | null | undefined) ?? null, container_format: (attributes['container_format'] as string | null | undefined) ?? null,
    min_disk: (attributes['min_disk'] as number | undefined) ?? 0, min_ram: (attributes['min_ram'] as number | undefined) ?? 0,
    size: null, virtual_size: null, checksum: null, os_hash_algo: null, os_hash_value: null, upload_id: null, lease_until: null,
    created_at: now, updated_at: now, deleted_at: null,
  }, properties, tags)
  if (!inserted) throw errors.IdTaken({ id })
  return await withDetail(ctx, (await findImage(ctx, id))!)
}

function readNewImage(body: unknown): NewImage {
  if (body === undefined || body === null) throw errors.BodyExpected()
  if (typeof body !== 'object' || Array.isArray(body)) throw errors.NoMatch({ schema: 'image', reason: 'an image is a JSON object' })
  const given = body as Record<string, unknown>
  for (const name of DISALLOWED) if (name in given) throw errors.ReadOnly({ name })
  checkImage(given)
  const wanted: NewImage = { attributes: {}, properties: namedValues(), tags: [...new Set((given['tags'] as string[] | undefined) ?? [])] }
  for (const [name, value] of Object.entries(given)) {
    if (name === 'tags') continue
    if (name === 'locations') throw errors.Reserved({ name })
    if (name === 'id' || WRITABLE.has(name)) wanted.attributes[name] = value
    else if (READ_ONLY.has(name)) throw errors.ReadOnly({ name })
    else {
      checkPropertyName(name)
      wanted.properties[name] = value as string
    }
  }
  return wanted
}

function authoriseCreate(ctx: ImageContext, owner: string | null, visibility: string): void {
  const target = { project_id: owner ?? undefined, owner: owner ?? undefined, visibility }
  if (!may(ctx, 'add_image', target)) {
    if (owner !== (ctx.identity.project?.id ?? null)) throw errors.NotAllowed({ message: `You are not permitted to create images owned by '${String(owner)}'` })
    authorise(ctx, 'add_image', target)
  }
  authoriseVisibility(ctx, visibility, target)
}

/** Public and community have rules of their own. */
export function authoriseVisibility(ctx: ImageContext, visibility: unknown, target: Record<string, unknown>): void {
  if (visibility === 'public') authorise(ctx, 'publicize_image', target)
  if (visibility === 'community') authorise(ctx, 'communitize_image', target)
}

function checkQuotas(ctx: ImageContext, properties: Record<string, string>, tags: string[]): void {
  checkPropertyQuota(ctx, properties)
  checkTagQuota(ctx, tags.length)
}

export function checkPropertyQuota(ctx: ImageContext, properties: Record<string, string>): void {
  const attempted = Object.keys(properties).filter((name) => !name.startsWith('os_glance')).length
  const maximum = ctx.config.propertyQuota
  if (maximum >= 0 && attempted > maximum) throw errors.TooManyProperties({ attempted, maximum })
}

export function checkTagQuota(ctx: ImageContext, attempted: number): void {
  const maximum = ctx.config.tagQuota
  if (maximum >= 0 && attempted > maximum) throw errors.TooManyTags({ attempted, maximum })
}
