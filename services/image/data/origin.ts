/** Scheme and host as the client wrote them, also behind a proxy: links and discovery echo it. */
export function originOf(headers: Record<string, string | undefined>): string {
  const scheme = headers['x-forwarded-proto']?.split(',')[0]?.trim() ?? 'http'
  const host = headers['x-forwarded-host']?.split(',')[0]?.trim() ?? headers['host'] ?? 'localhost'
  return `${scheme}://${host}`
}
