// The screen of a server, by noVNC. Query: path (of the WebSocket, with its token), password, view_only, scale, resize.
const query = new URLSearchParams(location.search)
const byId = (id) => document.getElementById(id)
const flag = (name, otherwise) => (query.has(name) ? ['', '1', 'true', 'yes'].includes(query.get(name)) : otherwise)

function address() {
  const path = query.get('path') ?? (query.has('token') ? `?token=${encodeURIComponent(query.get('token'))}` : 'websockify')
  const base = new URL('.', location.href)
  base.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
  return new URL(path, base).href
}

function say(text) { byId('status').textContent = text }

const { default: RFB } = await import('./novnc/core/rfb.js').catch((error) => {
  say('noVNC could not be loaded: it is not installed where this page comes from. The console can be opened by other VNC clients that speak WebSocket.')
  throw error
})

let connected = false
const rfb = new RFB(byId('screen'), address(), { credentials: { password: query.get('password') ?? '' } })
rfb.viewOnly = flag('view_only', false)
rfb.scaleViewport = flag('scale', true)
rfb.resizeSession = query.get('resize') === 'remote'

rfb.addEventListener('connect', () => {
  connected = true
  say('')
  byId('ctrl-alt-del').disabled = byId('paste').disabled = rfb.viewOnly
  rfb.focus()
})
rfb.addEventListener('desktopname', (event) => { document.title = byId('title').textContent = event.detail.name })
rfb.addEventListener('credentialsrequired', () => rfb.sendCredentials({ password: prompt('This console has a password:') ?? '' }))
rfb.addEventListener('disconnect', () => {
  byId('ctrl-alt-del').disabled = byId('paste').disabled = true
  say(connected
    ? 'The console was closed: the server went off, or the connection broke. Reload to try again.'
    : 'This address opens no console: it is too old, or the server is off. Ask for a new one: openstack console url show SERVER')
})

byId('ctrl-alt-del').addEventListener('click', () => { rfb.sendCtrlAltDel(); rfb.focus() })
byId('full').addEventListener('click', () => { void document.documentElement.requestFullscreen() })
// Guests without an agent have no clipboard: what is there is typed.
byId('paste').addEventListener('click', async () => {
  const text = await navigator.clipboard.readText().catch(() => prompt('Text to type:') ?? '')
  for (const char of text) rfb.sendKey(char === '\n' ? 0xff0d : keysym(char.codePointAt(0)))
  rfb.focus()
})

// Latin-1 as it is, all else as Unicode (X11 keysyms).
function keysym(code) { return code < 0x100 ? code : 0x1000000 + code }
