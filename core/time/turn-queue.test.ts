import { describe, expect, it } from 'vitest'
import { TurnQueue } from './turn-queue.ts'

const turn = async (): Promise<void> => { await new Promise((resolve) => { setImmediate(resolve) }) }

describe('a turn queue', () => {
  it('hands over once what comes in one turn, in order, and later what comes later', async () => {
    const handed: number[][] = []
    const queue = new TurnQueue<number>((items) => { handed.push(items) })
    queue.add(1)
    await Promise.resolve()
    queue.add(2)
    expect(handed).toEqual([])
    await turn()
    queue.add(3)
    await turn()
    expect(handed).toEqual([[1, 2], [3]])
  })

  it('hands over at once when it is told to, and nothing twice', async () => {
    const handed: string[][] = []
    const queue = new TurnQueue<string>((items) => { handed.push(items) })
    queue.add('now')
    queue.flush()
    expect(handed).toEqual([['now']])
    queue.add('then')
    await turn()
    expect(handed).toEqual([['now'], ['then']])
  })
})
