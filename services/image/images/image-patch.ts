/**
 * Changes to an image as a list of operations, in either of the two dialects upstream speaks:
 *
 *     application/openstack-images-v2.1-json-patch   [{"op": "replace", "path": "/name", "value": "x"}]
 *     application/openstack-images-v2.0-json-patch   [{"replace": "/name", "value": "x"}]
 *
 * Reading checks form and values; `applyChanges` works on a draft, and nothing is written unless all of it holds.
 */
import { errors } from '../errors.ts'
import { checkImage, describe } from './image-check.ts'
import { imageProperties, READ_ONLY, RESERVED, RESERVED_PREFIX, WRITABLE } from './image.schema.ts'

export const PATCH_TYPES: Record<string, 4 | 10> = {
  'application/openstack-images-v2.0-json-patch': 4,
  'application/openstack-images-v2.1-json-patch': 10,
}

const OPERATIONS = ['add', 'remove', 'replace'] as const
type Op = (typeof OPERATIONS)[number]

export interface Change { op: Op; name: string; value?: unknown; draft: 4 | 10 }

export interface ImageDraft { attributes: Record<string, unknown>; properties: Record<string, string>; tags: string[] }

export function readChanges(contentType: string | undefined, body: unknown): Change[] {
  const draft = PATCH_TYPES[contentType?.split(';')[0]?.trim().toLowerCase() ?? '']
  if (draft === undefined) throw errors.ContentType({ type: contentType ?? 'None' }, { headers: { 'accept-patch': Object.keys(PATCH_TYPES).sort().join(', ') } })
  if (body === undefined) throw errors.BodyExpected()
  if (!Array.isArray(body)) throw errors.Invalid({ message: 'Request body must be a JSON array of operation objects.' })
  return body.map((raw: unknown) => readChange(raw, draft))
}

function readChange(raw: unknown, draft: 4 | 10): Change {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw errors.Invalid({ message: 'Operations must be JSON objects.' })
  const change = raw as Record<string, unknown>
  const op = draft === 10 ? readOp10(change) : readOp4(change)
  const pointer = draft === 10 ? change['path'] : change[op]
  if (pointer === undefined) throw errors.Invalid({ message: "Unable to find 'path' in JSON Schema change" })
  const path = readPointer(pointer)
  const depth = path[0] === 'locations' && op !== 'replace' ? 2 : 1
  if (path.length !== depth) throw errors.Invalid({ message: `Invalid JSON pointer for this resource: '/${path.join('/')}'` })
  const name = path[0]!
  if (op === 'remove') {
    checkName(name)
    return { op, name, draft }
  }
  if (!('value' in change)) throw errors.Invalid({ message: `Operation "${op}" requires a member named "value".` })
  checkName(name)
  checkImage({ [name]: depth === 2 ? [change['value']] : change['value'] })
  return { op, name, value: change['value'], draft }
}

function readOp10(change: Record<string, unknown>): Op {
  const op = change['op']
  const available = OPERATIONS.join(', ')
  if (op === undefined || op === null) throw errors.Invalid({ message: `Unable to find \`op\` in JSON Schema change. It must be one of the following: ${available}.` })
  if (!(OPERATIONS as readonly unknown[]).includes(op)) throw errors.Invalid({ message: `Invalid operation: \`${describe(op)}\`. It must be one of the following: ${available}.` })
  return op as Op
}

function readOp4(change: Record<string, unknown>): Op {
  const named = OPERATIONS.filter((op) => op in change)
  if (named.length > 1) throw errors.Invalid({ message: 'Operation objects must contain only one member named "add", "remove", or "replace".' })
  if (named.length === 0) throw errors.Invalid({ message: 'Operation objects must contain exactly one member named "add", "remove", or "replace".' })
  return named[0]!
}

/** A limited JSON pointer. */
function readPointer(pointer: unknown): string[] {
  if (typeof pointer !== 'string' || !pointer.startsWith('/')) throw errors.Invalid({ message: `Pointer \`${describe(pointer)}\` does not start with "/".` })
  if (/\/\s*?\//.test(pointer.slice(1))) throw errors.Invalid({ message: `Pointer \`${pointer}\` contains adjacent "/".` })
  if (pointer.length > 1 && pointer.endsWith('/')) throw errors.Invalid({ message: `Pointer \`${pointer}\` end with "/".` })
  if (/~([^01]|$)/.test(pointer)) throw errors.Invalid({ message: `Pointer \`${pointer}\` contains "~" not part of a recognized escape sequence.` })
  return pointer.replace(/^\/+/, '').split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').trim())
}

function checkName(name: string): void {
  if (READ_ONLY.has(name)) throw errors.ReadOnly({ name })
  checkPropertyName(name)
}

/** Throws for names clients may not use for a property. */
export function checkPropertyName(name: string): void {
  if (RESERVED.has(name) || name.startsWith(RESERVED_PREFIX)) throw errors.Reserved({ name })
  if (name.length > 255) throw errors.Invalid({ message: 'Custom property should not be greater than 255 characters.' })
}

export interface PatchGate {
  /** Throws unless the caller may change this attribute to this value. */
  permit: (name: string, value: unknown) => void
  mayChangeOwner: boolean
}

/** Applies changes in order to a draft; throws on the first that does not hold. */
export function applyChanges(draft: ImageDraft, changes: readonly Change[], gate: PatchGate): void {
  for (const change of changes) {
    if (change.name === 'locations') refuseLocations(change)
    if (change.op === 'replace' && change.name === 'owner' && !gate.mayChangeOwner) throw errors.NotAllowed({ message: "Owner can't be updated by non admin." })
    gate.permit(change.name, change.value)
    if (change.op === 'remove') applyRemove(draft, change.name)
    else applyValue(draft, change)
  }
}

function refuseLocations({ op, value }: Change): never {
  if (op === 'replace' && Array.isArray(value) && value.length === 0) throw errors.NotAllowed({ message: 'Cannot set locations to empty list.' })
  const verb = op === 'replace' ? 'update' : op
  throw errors.NotAllowed({ message: `It's not allowed to ${verb} locations if locations are invisible.` })
}

function applyRemove(draft: ImageDraft, name: string): void {
  if (name in imageProperties) throw errors.NotAllowed({ message: `Property ${name} may not be removed.` })
  if (!(name in draft.properties)) throw errors.Conflict({ message: `Property ${name} does not exist.` })
  delete draft.properties[name]
}

function applyValue(draft: ImageDraft, { op, name, value, draft: dialect }: Change): void {
  const isAttribute = WRITABLE.has(name)
  const exists = isAttribute || name in draft.properties
  if (op === 'replace' && !exists) throw errors.Conflict({ message: `Property ${name} does not exist.` })
  if (op === 'add' && exists && dialect === 4) throw errors.Conflict({ message: `Property ${name} already present.` })
  if (name === 'tags') draft.tags = [...new Set(value as string[])]
  else if (isAttribute) setAttribute(draft, name, value)
  else draft.properties[name] = value as string
}

function setAttribute(draft: ImageDraft, name: string, value: unknown): void {
  if ((name === 'disk_format' || name === 'container_format') && !['queued', 'importing'].includes(String(draft.attributes['status']))) {
    throw errors.NotAllowed({ message: `Attribute ${name} can be only replaced for a queued image.` })
  }
  draft.attributes[name] = value
}
