/**
 * The rule language of oslo.policy, compiled to closures. A check is text:
 *
 *     rule:admin_or_owner            another rule
 *     role:admin                     the caller holds the role
 *     project_id:%(project_id)s      a credential equals an attribute of the target
 *     system_scope:all   user_id:x   a credential equals a constant
 *     'member':%(role)s  None:%(x)s  a constant equals an attribute of the target
 *     @  (or empty)   !              always, never
 *     a and b or not (c)
 *
 * https://docs.openstack.org/oslo.policy/zed/reference/api/oslo_policy.policy.html
 */

export type Credentials = Record<string, unknown> & { roles: string[] }
export type Target = Record<string, unknown>
export type Check = (credentials: Credentials, target: Target) => boolean

/** Looks up a named rule; answering undefined means "never". */
export type RuleLookup = (name: string) => Check | undefined

const TOKEN = /\s*(\(|\)|(?:[^\s()%']|%\([^)]*\)s|'[^']*')+)/y

/** Compiles a check. Throws `SyntaxError` with the text when it cannot be read. */
export function compileCheck(text: string, lookup: RuleLookup): Check {
  const tokens = tokenize(text)
  if (tokens.length === 0) return () => true
  let at = 0
  function either(): Check {
    const parts = [both()]
    while (tokens[at]?.toLowerCase() === 'or') { at += 1; parts.push(both()) }
    return parts.length === 1 ? parts[0]! : (c, t) => parts.some((p) => p(c, t))
  }
  function both(): Check {
    const parts = [not()]
    while (tokens[at]?.toLowerCase() === 'and') { at += 1; parts.push(not()) }
    return parts.length === 1 ? parts[0]! : (c, t) => parts.every((p) => p(c, t))
  }
  function not(): Check {
    if (tokens[at]?.toLowerCase() === 'not') {
      at += 1
      const inner = not()
      return (c, t) => !inner(c, t)
    }
    return single()
  }
  function single(): Check {
    const token = tokens[at]
    at += 1
    if (token === undefined || token === ')') throw new SyntaxError(`policy check ends too early: ${text}`)
    if (token !== '(') return compileAtom(token, lookup)
    const inner = either()
    if (tokens[at] !== ')') throw new SyntaxError(`policy check lacks a parenthesis: ${text}`)
    at += 1
    return inner
  }
  const check = either()
  if (at !== tokens.length) throw new SyntaxError(`policy check has something left over at "${tokens[at]}": ${text}`)
  return check
}

function tokenize(text: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text)
    if (match === null) throw new SyntaxError(`policy check cannot be read: ${text}`)
    tokens.push(match[1]!)
  }
  return tokens
}

function compileAtom(token: string, lookup: RuleLookup): Check {
  if (token === '@') return () => true
  if (token === '!') return () => false
  const colon = token.startsWith("'") ? token.indexOf("':") + 1 : token.indexOf(':')
  if (colon <= 0) throw new SyntaxError(`policy check "${token}" has no colon`)
  const kind = token.slice(0, colon)
  const match = token.slice(colon + 1)
  if (kind === 'rule') return (c, t) => lookup(match)?.(c, t) ?? false
  if (kind === 'role') return roleCheck(match)
  if (kind === 'field') return fieldCheck(match)
  return genericCheck(kind, match)
}

function roleCheck(name: string): Check {
  const lower = name.toLowerCase()
  return (c) => c.roles.some((role) => role.toLowerCase() === lower)
}

/** `field:networks:shared=True`: an attribute of the target has this value (network service). */
function fieldCheck(match: string): Check {
  // The attribute itself may hold colons: `networks:router:external=True`.
  const [path = '', wanted = ''] = match.split('=')
  const field = path.slice(path.indexOf(':') + 1)
  if (wanted.startsWith('~')) {
    const pattern = new RegExp(wanted.slice(1))
    return (_c, t) => t[field] !== undefined && pattern.test(text(t[field]))
  }
  return (_c, t) => text(t[field]) === wanted
}

function genericCheck(kind: string, match: string): Check {
  const attribute = /^%\((.*)\)s$/.exec(match)?.[1]
  const literal = literalOf(kind)
  return (c, t) => {
    const wanted = attribute === undefined ? match : lookupPath(t, attribute)
    if (wanted === undefined) return false
    if (literal !== undefined) return text(wanted) === literal
    const mine = lookupPath(c, kind)
    if (Array.isArray(mine)) return mine.some((m) => text(m) === text(wanted))
    return mine !== undefined && mine !== null && text(mine) === text(wanted)
  }
}

function literalOf(kind: string): string | undefined {
  if (/^'.*'$/.test(kind)) return kind.slice(1, -1)
  if (kind === 'None' || kind === 'True' || kind === 'False' || /^\d+$/.test(kind)) return kind
  return undefined
}

/** A dotted path; a key that itself holds the dots wins (`target.user.id` is stored both ways upstream). */
function lookupPath(object: Record<string, unknown>, path: string): unknown {
  if (path in object) return object[path]
  let at: unknown = object
  for (const key of path.split('.')) at = (at as Record<string, unknown> | null | undefined)?.[key]
  return at
}

function text(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  return String(value)
}
