/**
 * Lists whose items are remembered as the bytes they became. Clients read the same list again and again, and most of
 * its rows have not changed: making their views and writing them as JSON costs ten times what reading a page of
 * keys does. A handler answers `renderedList(…)` with what identifies each item and a stamp that changes whenever
 * the item would look different; only items that are not remembered with that stamp are read whole and rendered.
 *
 * Nothing is ever believed without the database: the page itself is read anew by every request, stamps included, so
 * several processes may serve the same rows.
 */
import { LRUCache } from 'lru-cache'

export interface ListItem {
  id: string
  /** Equal stamps, equal views: the row's revision, and whatever else of the moment the view shows. */
  stamp: string
}

export interface RenderedItem extends ListItem { view: object }

export interface RenderedListOptions {
  /** The list's name in the body: `servers`. */
  key: string
  items: readonly ListItem[]
  /** Everything but the item that a view depends on: who looks, from where. */
  scope: string
  /** Views, latest shape, of items that are not remembered. One that is gone meanwhile is left out. */
  views: (ids: readonly string[]) => Promise<readonly RenderedItem[]>
  /** What stands beside the list: links to the next page. */
  rest: Record<string, unknown>
}

export class RenderedList {
  readonly options: RenderedListOptions
  constructor(options: RenderedListOptions) { this.options = options }
}

export function renderedList(options: RenderedListOptions): RenderedList {
  return new RenderedList(options)
}

interface Remembered { stamp: string; bytes: Buffer }

/** How much one service remembers. */
const MEMORY_BYTES = 16 * 1024 * 1024
/** An entry's own weight beside its bytes. */
const ENTRY_BYTES = 200
const [COMMA, END, AND] = [Buffer.from(','), Buffer.from(']}'), Buffer.from('],')]

/** The remembered items of one service, as the bytes that go on the wire. */
export class RenderMemory {
  readonly #items = new LRUCache<string, Remembered>({ maxSize: MEMORY_BYTES, sizeCalculation: ({ bytes }) => bytes.length + ENTRY_BYTES })

  /** The whole body. `scope` tells routes and versions apart, `lower` brings a body to the version of the request. */
  async render(list: RenderedList, scope: string, lower: (body: object) => object): Promise<Buffer> {
    const { key, items, rest, views } = list.options
    const prefix = `${scope}\n${list.options.scope}\n`
    const rendered: (Buffer | undefined)[] = []
    const missing: string[] = []
    for (const { id, stamp } of items) {
      const known = this.#items.get(prefix + id)
      const bytes = known?.stamp === stamp ? known.bytes : undefined
      rendered.push(bytes)
      if (bytes === undefined) missing.push(id)
    }
    if (missing.length > 0) {
      const fresh = new Map<string, Buffer>()
      for (const { id, stamp, view } of await views(missing)) {
        const bytes = Buffer.from(JSON.stringify((lower({ [key]: [view] }) as Record<string, unknown[]>)[key]![0]))
        this.#items.set(prefix + id, { stamp, bytes })
        fresh.set(id, bytes)
      }
      for (const [at, { id }] of items.entries()) rendered[at] ??= fresh.get(id)
    }
    return assemble(key, rendered, rest)
  }
}

function assemble(key: string, rendered: readonly (Buffer | undefined)[], rest: Record<string, unknown>): Buffer {
  const parts: Buffer[] = [Buffer.from(`{${JSON.stringify(key)}:[`)]
  for (const bytes of rendered) {
    if (bytes === undefined) continue
    if (parts.length > 1) parts.push(COMMA)
    parts.push(bytes)
  }
  const others = JSON.stringify(rest)
  if (others === '{}') parts.push(END)
  else parts.push(AND, Buffer.from(others.slice(1)))
  return Buffer.concat(parts)
}
