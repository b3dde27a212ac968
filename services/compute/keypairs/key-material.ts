/**
 * Keys: their fingerprints, and new ones for clients that bring none (until 2.91). An ssh fingerprint is the MD5 of
 * the key's bytes, a certificate's the SHA-1 of its DER form, both as pairs of digits with colons, as users of
 * OpenStack compare them. What is no key is refused.
 */
import { createHash, generateKeyPair, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import sshpk from 'sshpk'
import { errors } from '../errors.ts'

export interface NewKey { privateKey: string; publicKey: string; fingerprint: string }

const generate = promisify(generateKeyPair)
const RSA_BITS = 2048

export function fingerprintOf(publicKey: string, type: 'ssh' | 'x509'): string {
  return type === 'ssh' ? sshFingerprint(publicKey) : certificateFingerprint(publicKey)
}

/** The fingerprint of an OpenSSH public key line. Throws `InvalidKeypair`. */
function sshFingerprint(publicKey: string): string {
  try {
    sshpk.parseKey(publicKey.trim(), 'ssh')
    const bytes = Buffer.from(publicKey.trim().split(/\s+/)[1] ?? '', 'base64')
    return colons(createHash('md5').update(bytes).digest('hex'))
  } catch (error) {
    throw errors.InvalidKeypair({ reason: 'failed to generate fingerprint' }, { cause: error })
  }
}

function certificateFingerprint(pem: string): string {
  try {
    return colons(createHash('sha1').update(new X509Certificate(pem).raw).digest('hex'))
  } catch (error) {
    throw errors.InvalidKeypair({ reason: `failed to generate X509 fingerprint. Error message: ${(error as Error).message}` }, { cause: error })
  }
}

function colons(digits: string): string {
  return digits.match(/../g)!.join(':')
}

export async function newSshKey(): Promise<NewKey> {
  const { privateKey, publicKey } = await generate('rsa', {
    modulusLength: RSA_BITS, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const line = `${sshpk.parseKey(publicKey, 'pem').toString('ssh').split(' ').slice(0, 2).join(' ')} Generated-by-Nova`
  return { privateKey, publicKey: line, fingerprint: sshFingerprint(line) }
}

/** A self-signed certificate for WinRM, made for the user it names. The private key is its PEM form. */
export async function newCertificate(userId: string): Promise<NewKey> {
  const { privateKey } = await generate('rsa', {
    modulusLength: RSA_BITS, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const subject = sshpk.identityForUser(/^[a-zA-Z0-9_-]+$/.test(userId) ? userId : createHash('sha1').update(userId).digest('hex'))
  const certificate = sshpk.createSelfSignedCertificate(subject, sshpk.parsePrivateKey(privateKey, 'pem'), { lifetime: 10 * 365 * 86_400, purposes: ['clientAuth'] } as never).toString('pem')
  return { privateKey, publicKey: certificate, fingerprint: certificateFingerprint(certificate) }
}
