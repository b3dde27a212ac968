// The serial console of a server: text as it comes, keys as they are pressed. Query: token, or path as for the screen.
const query = new URLSearchParams(location.search)
const terminal = document.getElementById('terminal')
const status = document.getElementById('status')
const KEEP = 200_000

const base = new URL('.', location.href)
base.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
const socket = new WebSocket(new URL(query.get('path') ?? `?token=${encodeURIComponent(query.get('token') ?? '')}`, base), ['binary'])
socket.binaryType = 'arraybuffer'

const decoder = new TextDecoder()
const encoder = new TextEncoder()
let opened = false
let rest = ''

socket.addEventListener('open', () => { opened = true; status.textContent = 'Connected. Press Enter for a prompt.'; terminal.focus() })
socket.addEventListener('message', (event) => { show(typeof event.data === 'string' ? event.data : decoder.decode(event.data, { stream: true })) })
socket.addEventListener('close', () => {
  status.textContent = opened ? 'The console was closed. Reload to try again.' : 'This address opens no console: it is too old, or the server is off. Ask for a new one: openstack console url show --serial SERVER'
})

/* oxlint-disable no-control-regex -- escape sequences are what is looked for */
const SEQUENCE = /\x1b(\[[0-9;?]*[@-~]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])/g
const BEGUN = /\x1b(\[[0-9;?]*)?$/
/* oxlint-enable no-control-regex */

// Escape sequences are left out; a lone carriage return begins the line anew, a backspace takes one character away.
function show(text) {
  const whole = rest + text
  const cut = whole.search(BEGUN)
  rest = cut < 0 ? '' : whole.slice(cut)
  let shown = terminal.textContent
  for (const char of (cut < 0 ? whole : whole.slice(0, cut)).replace(SEQUENCE, '').replace(/\r+\n/g, '\n')) {
    if (char === '\b' || char === '\x7f') shown = shown.slice(0, -1)
    else if (char === '\r') shown = shown.slice(0, shown.lastIndexOf('\n') + 1)
    else if (char === '\n' || char === '\t' || char >= ' ') shown += char
  }
  terminal.textContent = shown.slice(-KEEP)
  terminal.scrollTop = terminal.scrollHeight
}

const KEYS = { Enter: '\r', Backspace: '\x7f', Tab: '\t', Escape: '\x1b', ArrowUp: '\x1b[A', ArrowDown: '\x1b[B', ArrowRight: '\x1b[C', ArrowLeft: '\x1b[D', Home: '\x1b[H', End: '\x1b[F', Delete: '\x1b[3~' }

function send(text) { if (socket.readyState === WebSocket.OPEN) socket.send(encoder.encode(text)) }

terminal.addEventListener('keydown', (event) => {
  if (event.metaKey || (event.ctrlKey && event.shiftKey)) return
  const control = event.ctrlKey && /^[a-z[\]\\^_@ ]$/i.test(event.key) ? String.fromCharCode(event.key.toUpperCase().charCodeAt(0) & 31) : undefined
  const text = control ?? KEYS[event.key] ?? (event.key.length === 1 && !event.ctrlKey ? event.key : undefined)
  if (text === undefined) return
  event.preventDefault()
  send(text)
})
terminal.addEventListener('paste', (event) => { event.preventDefault(); send(event.clipboardData.getData('text').replace(/\r?\n/g, '\r')) })
