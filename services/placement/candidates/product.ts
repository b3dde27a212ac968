/** Every way to pick one item from each list, lazily: the first ones come before the last are thought of. */
export function* product<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  if (lists.some((list) => list.length === 0)) return
  const at = lists.map(() => 0)
  for (;;) {
    yield lists.map((list, i) => list[at[i]!]!)
    let last = lists.length - 1
    while (last >= 0 && ++at[last]! === lists[last]!.length) at[last--] = 0
    if (last < 0) return
  }
}
