/** What a caller sees of a resource: no hidden attributes, none that a rule forbids, only the fields asked for. */
import { may } from '#core/http/context.ts'
import type { Policy } from '#core/policy/policy.ts'
import type { NetworkContext } from '../context.ts'
import type { Fields, Resource, View } from './attribute.ts'

interface Guards { hidden: string[]; ruled: { name: string; rule: string }[] }

const known = new WeakMap<Policy, Map<string, Guards>>()

/** Which attributes are never shown and which have a `get_…:attribute` rule: the same for every item, so found once. */
function guardsOf(policy: Policy, resource: Resource): Guards {
  let byResource = known.get(policy)
  if (byResource === undefined) known.set(policy, byResource = new Map<string, Guards>())
  let guards = byResource.get(resource.name)
  if (guards === undefined) {
    const names = Object.keys(resource.attributes)
    guards = {
      hidden: names.filter((n) => resource.attributes[n]!.hidden === true),
      ruled: names.map((name) => ({ name, rule: `get_${resource.name}:${name}` })).filter((r) => policy.has(r.rule)),
    }
    byResource.set(resource.name, guards)
  }
  return guards
}

export function presenter(ctx: NetworkContext, resource: Resource, fields?: Fields): (view: View) => View {
  const { hidden, ruled } = guardsOf(ctx.policy, resource)
  return (view) => {
    let without: Set<string> | undefined
    for (const { name, rule } of ruled) {
      if (view[name] !== undefined && !may(ctx, rule, view)) (without ??= new Set()).add(name)
    }
    for (const name of hidden) if (view[name] !== undefined) (without ??= new Set()).add(name)
    // Most often there is nothing to leave out, and a copy of every row is what long lists would pay for.
    if (fields === undefined && without === undefined) return view
    const shown: View = {}
    for (const name of fields ?? Object.keys(view)) {
      if (Object.hasOwn(view, name) && without?.has(name) !== true) shown[name] = view[name]
    }
    return shown
  }
}
