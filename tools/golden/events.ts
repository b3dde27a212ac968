/**
 * What services tell one another: every topic, what it says, who sends it and who listens. Read from the source,
 * where a topic is a constant `…_TOPIC` with a comment about it.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readTextFile } from '#core/host/files.ts'

interface Topic { constant: string; name: string; says: string }

export async function eventsOf(root: string): Promise<string> {
  const files = new Map<string, string>()
  for (const room of ['services', 'agents', 'cloud']) {
    for (const entry of await readdir(join(root, room), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue
      const path = join(entry.parentPath, entry.name)
      files.set(path.slice(root.length + 1), (await readTextFile(path)) ?? '')
    }
  }
  const topics = [...files].flatMap(([, text]) => topicsIn(text)).toSorted((a, b) => a.name.localeCompare(b.name))
  const rows = topics.map((t) => `| \`${t.name}\` | ${t.says} | ${users(files, 'emit(?:Event)?\\(\\s*\\w+,|fanout\\(', t.constant)} | ${users(files, 'subscribe\\(', t.constant)} |`)
  return `# Events\n\n| topic | what it says | sent by | heard by |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

function topicsIn(text: string): Topic[] {
  return [...text.matchAll(/(?:\/\*\* ([^\n]*?) \*\/\n)?export const (\w+_TOPIC) = '([^']+)'/g)].map((m) => ({ constant: m[2]!, name: m[3]!, says: m[1] ?? '' }))
}

/** Files that name the topic as the argument of such a call. */
function users(files: ReadonlyMap<string, string>, call: string, constant: string): string {
  const pattern = new RegExp(`(?:${call})\\s*${constant}\\b`)
  return [...files].filter(([, text]) => pattern.test(text)).map(([file]) => `\`${file}\``).sort().join(', ')
}
