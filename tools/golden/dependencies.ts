/**
 * Which service calls which, over which route. Each service's clients are given neighbours that only write down what
 * they are asked, and every function of them is called once with values that stand for anything.
 */
import type { Neighbour, NeighbourRequest } from '#core/clients/neighbour.ts'
import type { ServiceDefinition } from '#core/service/service.ts'

export interface Call { from: string; to: string; method: string; path: string; by: string }

/** A function that asks on and on (a list page by page) is cut off here. */
const MOST_REQUESTS = 4

class Enough extends Error {}

/** Stands for any argument and any answer: text where text is wanted, one of itself where it is walked through. */
const anything: unknown = new Proxy(function anything() {}, {
  get(_target, key) {
    if (key === Symbol.toPrimitive || key === 'toString') return () => '*'
    if (key === Symbol.iterator) return [][Symbol.iterator].bind([anything])
    // Not a promise, or awaiting it would never end.
    return key === 'then' ? undefined : anything
  },
  apply: () => anything,
})

export async function dependenciesOf(definitions: readonly ServiceDefinition[]): Promise<Call[]> {
  const calls: Call[] = []
  for (const definition of definitions) {
    let by = ''
    let asked = 0
    const neighbour = (type: string): Neighbour => ({
      type,
      async request<T>(_ctx: unknown, _as: unknown, request: NeighbourRequest) {
        const call = { from: definition.name, to: type, method: request.method, path: request.path.replaceAll('%2A', '*'), by }
        if (!calls.some((c) => c.from === call.from && c.to === call.to && c.method === call.method && c.path === call.path && c.by === call.by)) calls.push(call)
        if ((asked += 1) >= MOST_REQUESTS) throw new Enough()
        return await Promise.resolve({ status: 200, headers: {}, body: anything as T })
      },
    })
    for (const [name, value] of functionsOf(definition.clients(neighbour) as object)) {
      by = name
      asked = 0
      try {
        await value(anything, anything, anything, anything, anything)
      } catch {
        // What it asked before it stumbled over an answer that is none is written down.
      }
    }
  }
  return calls
}

function functionsOf(clients: object, prefix = ''): [string, (...args: unknown[]) => unknown][] {
  return Object.entries(clients).flatMap(([name, value]): [string, (...args: unknown[]) => unknown][] => {
    if (typeof value === 'function') return [[`${prefix}${name}`, value as (...args: unknown[]) => unknown]]
    return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype ? functionsOf(value as object, `${prefix}${name}.`) : []
  })
}

export function dependencyLines(calls: readonly Call[]): string {
  const lines = calls.map((c) => `${c.from} → ${c.to}  ${c.method} ${c.path}  ${c.by}`).sort()
  return `# Which service calls which, over which route, by which function of its clients. \`*\` stands for any value.\n${lines.join('\n')}\n`
}
