/**
 * A token of the service account, for agents that fetch image bytes over HTTP: issued when first needed, kept until
 * shortly before it expires.
 */
const EARLY_MS = 60_000

/** Answers a function that always has a valid token. `authUrl` ends in `/v3`. */
export function serviceTokens(authUrl: string, password: string): () => Promise<string> {
  let held: { token: string; until: number } | undefined
  return async () => {
    if (held !== undefined && held.until > Date.now()) return held.token
    const domain = { id: 'default' }
    const response = await fetch(`${authUrl}/auth/tokens`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user: { name: 'nacre', domain, password } } }, scope: { project: { name: 'service', domain } } } }),
    })
    if (response.status !== 201) throw new Error(`the service account could not log in: identity answered ${response.status}`)
    const body = (await response.json()) as { token: { expires_at: string } }
    held = { token: response.headers.get('x-subject-token')!, until: Date.parse(body.token.expires_at) - EARLY_MS }
    return held.token
  }
}
