/** Fetches a URL's body: from the address that was judged, following redirects that are judged likewise. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { ReceiveFailed } from '../data/receive.ts'
import { judgeUrl, WebRefused, type WebRules, type WebTarget } from './web-source.ts'

const REDIRECTS = 5
const IDLE_MS = 60_000

/** The body as a stream. Throws `ReceiveFailed`: cut off may pass, bad data will not. */
export async function openUrl(text: string, rules: WebRules): Promise<IncomingMessage> {
  let at = text
  for (let hop = 0; hop <= REDIRECTS; hop += 1) {
    const target = await judgeUrl(at, rules).catch((error: unknown) => {
      throw new ReceiveFailed({ fault: 'bad-data', reason: `${at} must not be fetched: ${error instanceof WebRefused ? error.message : String(error)}` }, error)
    })
    const answer = await connectTo(target)
    const status = answer.statusCode ?? 0
    const location = answer.headers.location
    if (status >= 300 && status < 400 && location !== undefined) {
      answer.destroy()
      at = new URL(location, target.url).href
      continue
    }
    if (status === 200) return answer
    answer.destroy()
    throw new ReceiveFailed({ fault: status >= 500 ? 'cut-off' : 'bad-data', reason: `${target.url.host} answered ${status}` })
  }
  throw new ReceiveFailed({ fault: 'bad-data', reason: `more than ${REDIRECTS} redirects` })
}

function connectTo({ url, address, family }: WebTarget): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = send(url, {
      method: 'GET', agent: false, headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'nacre-image' },
      lookup: (_host, options, done) => {
        if (options.all === true) (done as unknown as (e: null, all: { address: string; family: number }[]) => void)(null, [{ address, family }])
        else done(null, address, family)
      },
    }, resolve)
    outgoing.setTimeout(IDLE_MS, () => outgoing.destroy(new Error(`nothing came for ${IDLE_MS / 1000} s`)))
    outgoing.on('error', (error) => reject(new ReceiveFailed({ fault: 'cut-off', reason: `${url.host}: ${error.message}` }, error)))
    outgoing.end()
  })
}
