import type { Right } from '../authority/access.ts'

/**
 * What a caller needs for a method. `right`: the scope its certificate must carry; with `orSelf`, a client without the
 * scope is let through to the use case, which allows it to act on itself only. `authenticated`: any caller.
 */
export type MethodRight = { readonly right: Right; readonly orSelf?: true } | 'authenticated'

/** Every method that may be called. One that is not in this table is refused, whatever the caller holds. */
export const METHOD_RIGHTS: ReadonlyMap<string, MethodRight> = new Map<string, MethodRight>([
  [
    '/chancery.v1.AuthorizationService/IssueCertificate',
    { right: 'chancery.certificates.issue', orSelf: true },
  ],
  ['/chancery.v1.AuthorizationService/VerifyRequest', { right: 'chancery.requests.verify' }],
  ['/chancery.v1.AuthorizationService/VerifyRequests', { right: 'chancery.requests.verify' }],
  [
    '/chancery.v1.AuthorizationService/RevokeCertificate',
    { right: 'chancery.certificates.revoke', orSelf: true },
  ],
  ['/chancery.v1.AuthorizationService/UnrevokeCertificate', { right: 'chancery.certificates.revoke' }],
  ['/chancery.v1.AuthorizationService/StreamCRL', { right: 'chancery.crl.read' }],
  ['/chancery.v1.ClientService/CreateClient', { right: 'chancery.clients.write' }],
  ['/chancery.v1.ClientService/GetClient', { right: 'chancery.clients.read', orSelf: true }],
  ['/chancery.v1.ClientService/ListClients', { right: 'chancery.clients.read' }],
  ['/chancery.v1.ClientService/SetClientScopes', { right: 'chancery.clients.write' }],
  ['/chancery.v1.ClientService/LockClient', { right: 'chancery.clients.write' }],
  ['/chancery.v1.ClientService/UnlockClient', { right: 'chancery.clients.write' }],
  ['/chancery.v1.ClientService/RemoveClient', { right: 'chancery.clients.write' }],
  ['/chancery.v1.CertificateService/GetCertificate', { right: 'chancery.certificates.read', orSelf: true }],
  ['/chancery.v1.CertificateService/ListCertificates', { right: 'chancery.certificates.read', orSelf: true }],
  ['/chancery.v1.AuthorityService/GetTrustBundle', 'authenticated'],
  ['/chancery.v1.AuthorityService/ListAuthorities', 'authenticated'],
  ['/chancery.v1.AuthorityService/ReportVerifierStatus', { right: 'chancery.crl.read' }],
  ['/chancery.v1.AuthorityService/ListVerifiers', { right: 'chancery.clients.read' }],
  ['/chancery.v1.AuthorityService/CreateAuthority', { right: 'chancery.authorities.write' }],
  ['/chancery.v1.AuthorityService/RotateAuthority', { right: 'chancery.authorities.write' }],
  ['/chancery.v1.TokenService/IssueToken', { right: 'chancery.tokens.issue', orSelf: true }],
  ['/chancery.v1.TokenService/RevokeToken', { right: 'chancery.tokens.revoke', orSelf: true }],
  ['/chancery.v1.TokenService/RotateTokenKey', { right: 'chancery.authorities.write' }],
  ['/chancery.v1.TokenService/ListTokenKeys', 'authenticated'],
  ['/envoy.service.auth.v3.Authorization/Check', { right: 'chancery.requests.verify' }],
  ['/grpc.health.v1.Health/Check', 'authenticated'],
  ['/grpc.health.v1.Health/List', 'authenticated'],
  ['/grpc.health.v1.Health/Watch', 'authenticated'],
  ['/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', 'authenticated'],
  ['/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', 'authenticated'],
])
