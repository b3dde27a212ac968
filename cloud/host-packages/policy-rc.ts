/**
 * Debian packages start their daemons as they are installed. Nacre wants its own daemons, in its own folders and
 * on its own ports, so while it installs, `policy-rc.d` (the hook that Debian's `invoke-rc.d` asks) says no.
 * A host that has such a file already (containers do) keeps it. One left behind by a killed install is recognised
 * by its mark and removed by the next.
 */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'

const POLICY_FILE = '/usr/sbin/policy-rc.d'
const MARK = '# Written by nacre while it installs host packages; safe to delete.'
const CONTENT = `#!/bin/sh\n${MARK}\nexit 101\n`

/** Runs `work` while packages may not start their daemons. The caller holds the installer lock. */
export async function withoutDaemonStarts<T>(work: () => Promise<T>, policyFile: string = POLICY_FILE): Promise<T> {
  const present = await readFile(policyFile, 'utf8').catch(() => undefined)
  if (present !== undefined && !present.includes(MARK)) return await work()
  await writeFile(policyFile, CONTENT, { mode: 0o755 })
  await chmod(policyFile, 0o755)
  try {
    return await work()
  } finally {
    await rm(policyFile, { force: true })
  }
}
