/**
 * The import rule of ARCHITECTURE.md. Imports go one way: core <- authority <- grpc, http <- compose <- cli.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-is-pure',
      comment: 'core imports nothing outside itself: no I/O, clock, randomness or environment.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '^src/core/crypto\\.ts$' },
      to: { pathNot: '^src/core/' },
    },
    {
      name: 'only-crypto-imports-node-crypto',
      severity: 'error',
      from: { path: '^src/core/crypto\\.ts$' },
      to: { pathNot: '^(src/core/|node:crypto$|crypto$)' },
    },
    {
      name: 'authority-knows-interfaces-only',
      severity: 'error',
      from: { path: '^src/authority/' },
      to: { pathNot: '^src/(core/|authority/|store/store\\.ts$|signer/signer\\.ts$)' },
    },
    {
      name: 'store-stands-alone',
      severity: 'error',
      from: { path: '^src/store/' },
      to: { path: '^src/(?!core/|store/)' },
    },
    {
      name: 'signer-stands-alone',
      severity: 'error',
      from: { path: '^src/signer/' },
      to: { path: '^src/(?!core/|signer/)' },
    },
    {
      name: 'doors-know-authority-not-implementations',
      severity: 'error',
      from: { path: '^src/(grpc|http)/' },
      to: { path: '^src/(store/(memory|sqlite)/|signer/(?!signer\\.ts$)|cli/|config/|compose(\\.ts$|/))' },
    },
    {
      name: 'conformance-decides-offline',
      severity: 'error',
      from: { path: '^src/conformance/' },
      to: { path: '^src/(?!conformance/|core/)' },
    },
    {
      name: 'only-compose-knows-implementations',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(compose(\\.ts$|/)|store/|signer/)' },
      to: { path: '^src/(store/(memory|sqlite)/|signer/(?!signer\\.ts$))' },
    },
    {
      name: 'feed-stands-alone',
      comment: 'The feed runs in verifiers, beside whatever else they are: it knows nothing of the service.',
      severity: 'error',
      from: { path: '^src/feed/' },
      to: { path: '^src/(?!core/|feed/|files/|gen/)' },
    },
    {
      name: 'files-stand-alone',
      severity: 'error',
      from: { path: '^src/files/' },
      to: { path: '^src/(?!files/)' },
    },
    {
      name: 'identity-stands-alone',
      comment: 'The holder of a key, whoever that is: the command line and the clients sign by it.',
      severity: 'error',
      from: { path: '^src/identity/' },
      to: { path: '^src/(?!core/|files/|identity/)' },
    },
    {
      name: 'rpc-stands-alone',
      severity: 'error',
      from: { path: '^src/rpc/' },
      to: { path: '^src/(?!core/|gen/|identity/|rpc/)' },
    },
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { path: '^src/(?!cli/)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'client-decides-by-the-core',
      comment:
        'The TypeScript client is the verifier of the service with its own surroundings; only its testing authority knows the service.',
      severity: 'error',
      from: { path: '^clients/typescript/src/(?!testing/)' },
      to: { path: '^src/(?!core/|feed/|files/|gen/|identity/|rpc/)' },
    },
    {
      name: 'client-runs-anywhere',
      comment:
        'No native module and none of the service only: the package runs on Node 22 with two dependencies.',
      severity: 'error',
      from: { path: '^clients/typescript/src/' },
      to: {
        path: '^(src/(config|telemetry|cli|store/sqlite)/|node_modules/better-sqlite3/)',
        reachable: true,
      },
    },
    {
      name: 'nobody-imports-the-client',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^clients/' },
    },
    {
      name: 'not-to-dev',
      severity: 'error',
      from: { path: '^(src|clients/typescript/src)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'src-not-to-test',
      severity: 'error',
      from: { path: '^(src|clients/typescript/src)/' },
      to: { path: '^(test|clients/typescript/test|bench|scripts|examples)/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/gen/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['chancery-source', 'import', 'node', 'default', 'types'],
    },
  },
}
