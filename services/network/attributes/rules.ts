/**
 * What must be allowed to create or change an item: the action, then each guarded attribute that is set to something
 * else than its default, then the keys inside it. A rule nobody has listed falls back to `default`, as upstream's.
 */
import { may } from '#core/http/context.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { Item, Resource, View } from './attribute.ts'
import { isDict } from './validate.ts'

/** `default`, where an attribute is guarded in principle but no rule names it. */
function mayRule(ctx: NetworkContext, rule: string, target: Record<string, unknown>): boolean {
  return may(ctx, ctx.policy.has(rule) ? rule : 'default', target)
}

export async function enforceCreate(ctx: NetworkContext, resource: Resource, item: Item): Promise<void> {
  const given = Object.keys(item).filter((name) => !isDefault(resource, name, item[name]))
  const target = { ...item, ...(await resource.policyTarget?.(ctx, item)) }
  const denied = deniedRules(ctx, 'create', resource, given, item, target)
  if (denied !== undefined) throw errors.PolicyNotAuthorized({ rule: denied })
}

/** `current` is what is stored; somebody who may not even see it is told that it does not exist. */
export async function enforceUpdate(ctx: NetworkContext, resource: Resource, current: View, item: Item): Promise<void> {
  const merged = { ...current, ...item }
  const target = { ...merged, ...(await resource.policyTarget?.(ctx, merged)) }
  const denied = deniedRules(ctx, 'update', resource, Object.keys(item), item, target)
  if (denied !== undefined) refuse(ctx, resource, denied, target)
}

export async function enforceDelete(ctx: NetworkContext, resource: Resource, current: View): Promise<void> {
  const target = { ...current, ...(await resource.policyTarget?.(ctx, current)) }
  const rule = `delete_${resource.name}`
  if (!may(ctx, rule, target)) refuse(ctx, resource, `rule:${rule}`, target)
}

/** For actions on one item (`add_router_interface`): hidden things are not found, visible ones forbidden. */
export async function enforceAction(ctx: NetworkContext, resource: Resource, current: View, rule: string): Promise<void> {
  const target = { ...current, ...(await resource.policyTarget?.(ctx, current)) }
  if (!mayRule(ctx, rule, target)) refuse(ctx, resource, `rule:${rule}`, target)
}

function refuse(ctx: NetworkContext, resource: Resource, rule: string, target: Record<string, unknown>): never {
  if (!may(ctx, `get_${resource.name}`, target)) throw errors.HTTPNotFound()
  throw errors.PolicyNotAuthorized({ rule })
}

function isDefault(resource: Resource, name: string, value: unknown): boolean {
  const attribute = resource.attributes[name]!
  if (!('default' in attribute)) return false
  return attribute.default === value || (typeof value === 'object' && JSON.stringify(value) === JSON.stringify(attribute.default))
}

/** The whole condition as text when it does not hold: `(rule:create_network and rule:create_network:shared)`. */
function deniedRules(ctx: NetworkContext, action: string, resource: Resource, given: string[], item: Item, target: Record<string, unknown>): string | undefined {
  const base = `${action}_${resource.name}`
  let text = `rule:${base}`
  let allowed = may(ctx, base, target)
  for (const name of given) {
    const { enforce } = resource.attributes[name]!
    if (enforce === undefined || enforce === false) continue
    const own = `${base}:${name}`
    const inner = innerRules(enforce, own, item[name])
    text = `(${text} and ${inner.length === 0 ? `rule:${own}` : `(rule:${own} and (${inner.map((r) => `rule:${r}`).join(' and ')}))`})`
    allowed &&= [own, ...inner].every((rule) => mayRule(ctx, rule, target))
  }
  return allowed ? undefined : text
}

function innerRules(enforce: true | 'keys' | 'items', rule: string, value: unknown): string[] {
  if (enforce === 'keys') return isDict(value) ? Object.keys(value).map((k) => `${rule}:${k}`) : []
  if (enforce === 'items' && Array.isArray(value)) {
    return (value as unknown[]).flatMap((entry) => (isDict(entry) ? Object.keys(entry).map((k) => `${rule}:${k}`) : []))
  }
  return []
}
