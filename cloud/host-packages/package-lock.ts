/**
 * One installer at a time on this host. The lock is held by a `flock` child that waits on its standard input, so it
 * falls with this process however that ends.
 */
import { once } from 'node:events'
import { start, which } from '#core/host/run.ts'

const LOCK_FILE = '/run/lock/nacre-packages.lock'

/** Runs `work` while holding the host's installer lock; waits for another holder as long as it takes. */
export async function withPackageLock<T>(work: () => Promise<T>, lockFile: string = LOCK_FILE): Promise<T> {
  if (await which('flock') === undefined) return await work()
  // `cat` repeats the line only once flock has the lock and has started it.
  const holder = start('flock', [lockFile, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(holder, 'close')
  ended.catch(() => {})
  holder.stdin?.write('locked\n')
  await Promise.race([once(holder.stdout!, 'data'), ended])
  try {
    return await work()
  } finally {
    holder.stdin?.end()
    await ended
  }
}
