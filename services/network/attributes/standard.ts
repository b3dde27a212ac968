/** The attributes that (nearly) every resource has, and shorthands for the usual ones. */
import { isoSeconds } from '#core/time/clock.ts'
import type { StandardColumns } from '../database.ts'
import type { Attribute, AttributeTable, View } from './attribute.ts'
import { toBoolean } from './convert.ts'
import { listOf, text, uuid } from './validate.ts'

export const PROJECT: Attribute = { post: true, validate: text(255), filter: true, sort: true, column: 'project_id' }

/** `id`, owner, description, timestamps, revision, tags. */
export function standard(own: AttributeTable): AttributeTable {
  return {
    id: { validate: uuid, filter: true, sort: true },
    tenant_id: PROJECT,
    project_id: PROJECT,
    ...own,
    description: { post: true, put: true, default: '', validate: text(255), filter: true },
    created_at: {},
    updated_at: {},
    revision_number: { filter: true },
    tags: {},
    ...TAG_FILTERS,
  }
}

const TAG_FILTERS: AttributeTable = {
  'tags-any': { hidden: true }, 'not-tags': { hidden: true }, 'not-tags-any': { hidden: true },
}

export const TAGS_ON_CREATE: Attribute = { post: true, default: [], validate: listOf(text(255)) }

/** A name or the like: may be given and changed, filters and sorts. */
export function name(more: Partial<Attribute> = {}): Attribute {
  return { post: true, put: true, default: '', validate: text(255), filter: true, sort: true, ...more }
}

export function flagAttribute(defaultValue: boolean, more: Partial<Attribute> = {}): Attribute {
  return { post: true, put: true, default: defaultValue, convert: toBoolean, filter: true, sort: true, ...more }
}

/** Something only the service sets. */
export function readOnly(more: Partial<Attribute> = {}): Attribute {
  return { filter: true, sort: true, ...more }
}

export function standardView(row: StandardColumns, tags: Map<string, string[]>): View {
  return {
    id: row.id, tenant_id: row.project_id, project_id: row.project_id, description: row.description ?? '',
    created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at), revision_number: row.revision_number,
    tags: tagsIn(row, tags),
  }
}

export function tagsIn(row: StandardColumns, tags: Map<string, string[]>): string[] {
  return row.tagged === 1 ? (tags.get(row.id) ?? []) : []
}
