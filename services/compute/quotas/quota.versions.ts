/** What limits a version shows and takes: nova-network's went with 2.36 (classes: 2.50), those of files with 2.57. */
import { shapeVersions, since, type Delta } from '#core/versions/versions.ts'
import { openBefore } from '../schema/older-queries.ts'
import { FILE_QUOTAS, Limit, NETWORK_QUOTAS, QUOTA_NAMES, QuotaClassUpdate, QuotaQuery, QuotaSetUpdate } from './quota.schema.ts'

type Json = Record<string, unknown>

function lost(version: string, key: string, names: readonly string[]): Delta {
  return since(version, {
    olderSchema: (schema) => {
      const properties = schema['properties'] as Record<string, Json>
      const inner = properties[key]!
      const more = Object.fromEntries(names.map((name) => [name, Limit]))
      return { ...schema, properties: { [key]: { ...inner, properties: { ...(inner['properties'] as Json), ...more } } } }
    },
  })
}

const NETWORKS = [...NETWORK_QUOTAS, 'networks']

export const quotaSetVersions = shapeVersions({ request: QuotaSetUpdate, deltas: [lost('2.57', 'quota_set', FILE_QUOTAS), lost('2.36', 'quota_set', NETWORKS)] })
export const quotaClassVersions = shapeVersions({ request: QuotaClassUpdate, deltas: [lost('2.57', 'quota_class_set', FILE_QUOTAS), lost('2.50', 'quota_class_set', NETWORKS)] })
export const quotaQueryVersions = shapeVersions({ request: QuotaQuery, deltas: [openBefore('2.75')] })

/** Limits that a quota set shows. */
export function shownQuotas(version: number): string[] {
  return QUOTA_NAMES.filter((name) => !(version >= 57 && FILE_QUOTAS.includes(name as never)) && !(version >= 36 && NETWORK_QUOTAS.includes(name as never)))
}

/** Limits that a quota class shows: groups only since 2.50. */
export function shownClassQuotas(version: number): string[] {
  const hidden: readonly string[] = version >= 50 ? NETWORK_QUOTAS : ['server_groups', 'server_group_members']
  return QUOTA_NAMES.filter((name) => !(version >= 57 && FILE_QUOTAS.includes(name as never)) && !hidden.includes(name))
}
