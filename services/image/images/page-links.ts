/** Links between the pages of a list, as the image API writes them: paths, with the query as it was asked. */

/** `first` without the marker, `next` from the last of a full page. */
export function pageLinks(path: string, query: URLSearchParams, lastId: string | undefined): { first: string; next?: string } {
  const rest = new URLSearchParams([...new Map(query)].filter(([key]) => key !== 'marker'))
  const first = rest.size === 0 ? path : `${path}?${rest.toString()}`
  if (lastId === undefined) return { first }
  rest.set('marker', lastId)
  return { first, next: `${path}?${rest.toString()}` }
}
