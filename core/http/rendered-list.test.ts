import { describe, expect, it } from 'vitest'
import { RenderMemory, renderedList, type RenderedItem } from './rendered-list.ts'

/** A table, and how often its rows were read whole. */
function shelf() {
  const rows = new Map<string, { revision: number; title: string }>()
  const read: string[][] = []
  const item = (id: string, scope: string): RenderedItem => ({ id, stamp: String(rows.get(id)!.revision), view: { id, title: rows.get(id)!.title, seenBy: scope } })
  const list = (scope: string, rest: Record<string, unknown> = {}) => renderedList({
    key: 'books', scope, rest, items: [...rows].map(([id, { revision }]) => ({ id, stamp: String(revision) })),
    views: async (ids) => { read.push([...ids]); return ids.filter((id) => rows.has(id)).map((id) => item(id, scope)) },
  })
  return { rows, read, list }
}

describe('a rendered list', () => {
  const memory = new RenderMemory()
  const body = async (list: ReturnType<ReturnType<typeof shelf>['list']>, scope = 'v1', lower = (b: object) => b) => JSON.parse((await memory.render(list, scope, lower)).toString()) as object
  const same = (b: object): object => b

  it('reads whole only what it has not seen in that state', async () => {
    const { rows, read, list } = shelf()
    rows.set('a', { revision: 1, title: 'Ålesund "1"' }).set('b', { revision: 1, title: 'B' })
    expect(await body(list('x'))).toEqual({ books: [{ id: 'a', title: 'Ålesund "1"', seenBy: 'x' }, { id: 'b', title: 'B', seenBy: 'x' }] })
    rows.set('b', { revision: 2, title: 'B, second edition' })
    expect(await body(list('x', { next: [1] }))).toEqual({ books: [{ id: 'a', title: 'Ålesund "1"', seenBy: 'x' }, { id: 'b', title: 'B, second edition', seenBy: 'x' }], next: [1] })
    expect(read).toEqual([['a', 'b'], ['b']])
  })

  it('keeps apart who looks and which version', async () => {
    const { rows, read, list } = shelf()
    rows.set('a', { revision: 1, title: 'A' })
    const untitled = (b: object): object => ({ books: (b as { books: { id: string }[] }).books.map(({ id }) => ({ id })) })
    expect(await body(list('x'), 'v2', same)).toEqual({ books: [{ id: 'a', title: 'A', seenBy: 'x' }] })
    expect(await body(list('y'), 'v2', same)).toEqual({ books: [{ id: 'a', title: 'A', seenBy: 'y' }] })
    expect(await body(list('y'), 'v1.9', untitled)).toEqual({ books: [{ id: 'a' }] })
    expect(read).toHaveLength(3)
  })

  it('leaves out what went between the page and the reading', async () => {
    const { rows, list } = shelf()
    rows.set('a', { revision: 1, title: 'A' }).set('b', { revision: 1, title: 'B' })
    const page = list('z')
    rows.delete('a')
    expect(await body(page)).toEqual({ books: [{ id: 'b', title: 'B', seenBy: 'z' }] })
    expect(await body(list('z'))).toEqual({ books: [{ id: 'b', title: 'B', seenBy: 'z' }] })
    rows.clear()
    expect(await body(list('z', { next: 'n' }))).toEqual({ books: [], next: 'n' })
  })
})
