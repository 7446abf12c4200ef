/** Import rules: one row each, with its reason. `src/README.md` shows the picture. */
const adapters = '^src/(protocols|upstreams|authenticators|directory/hsa-[^/]+|sessions/(redis|sqlite)|audit/sinks|parties/sources|ui|admin|http|observability)/';
const domain = '^src/(login|attributes|parties|federation|directory|sessions|audit)/';
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const wall = (pkg, allowed) => rule(`wall-${pkg}`, `${pkg} stays behind its own wall so that it can be replaced in one place`, { path: '^src/', pathNot: allowed }, { path: `node_modules/${pkg}/` });

export default {
  forbidden: [
    rule('no-cycles', 'a cycle means that two folders are one', {}, { circular: true }),
    rule('no-drawers', 'a name that says nothing collects everything', {}, { path: '/(utils|helpers|common)(/|[.]ts)' }),
    rule('core-is-first', 'core knows nobody', { path: '^src/core/' }, { path: '^src/(?!core/)' }),
    rule('wire-knows-core-only', 'SAML and X.509 must be readable without the product', { path: '^src/(saml|pki)/' }, { path: '^src/(?!core/|saml/|pki/)' }),
    rule('saml-and-pki-apart', 'neither wire format needs the other', { path: '^src/saml/' }, { path: '^src/pki/' }),
    rule('pki-without-saml', 'neither wire format needs the other', { path: '^src/pki/' }, { path: '^src/saml/' }),
    rule('domain-without-adapters', 'adapters are chosen in app.ts', { path: domain, pathNot: adapters }, { path: adapters }),
    rule('login-without-wire', 'the flow is the same for every protocol and credential', { path: '^src/login/' }, { path: '^src/(saml|pki)/' }),
    rule('nobody-imports-assembly', 'assembly is last', { path: '^src/', pathNot: ['^src/(app[^/]*|serve|main)[.]ts', '^src/(config|demo)/'] }, { path: ['^src/(app[^/]*|serve|main)[.]ts', '^src/demo/'] }),
    rule('demo-only-from-main', 'serve never loads the demo', { path: '^src/', pathNot: '^src/(main\\.ts|demo/)' }, { path: '^src/demo/' }),
    ...['protocols/[^/]+', 'upstreams/[^/]+', 'authenticators/[^/]+', 'directory/hsa-[^/]+', 'sessions/(?:redis|sqlite)', 'audit/sinks', 'parties/sources', 'ui', 'admin', 'observability'].map((folder) =>
      rule(`adapter-alone:${folder}`, 'adapters never import each other; shared things are domain', { path: `^src/(${folder})/` }, { path: adapters, pathNot: ['^src/$1/', '^src/authenticators/[^/]+\\.ts$', '^src/http/(reply|route)[^/]*\\.ts$'] }),
    ),
    wall('fastify', '^src/(http/|.*plugin[^/]*\\.ts$|demo/)'),
    wall('ioredis', '^src/sessions/redis/'),
    wall('better-sqlite3', '^src/sessions/sqlite/'),
    wall('ldapts', '^src/directory/hsa-ldap/'),
    wall('pino', '^src/observability/'),
    wall('prom-client', '^src/observability/'),
    wall('@node-saml/node-saml', '^src/demo/'),
    wall('oidc-provider', '^src/protocols/oidc-op/'),
    wall('openid-client', '^src/(demo|upstreams/oidc-rp)/'),
    wall('xml-crypto', '^src/federation/publish/'),
    wall('node-forge', '^certs-dev/'),
    wall('commander', '^src/(admin/cli|main\\.ts)'),
    wall('undici', '^src/(http|demo)/'),
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] } },
};
