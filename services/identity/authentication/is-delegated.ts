const PRIMARY = ['external', 'kerberos', 'mapped', 'openid', 'password', 'saml2', 'token', 'totp', 'x509']

/** Obtained by delegation: an application credential, an access token, an EC2 signature. No method at all counts as that, too. */
export function isDelegated(methods: readonly string[]): boolean {
  return methods.length === 0 || methods.some((method) => !PRIMARY.includes(method))
}
