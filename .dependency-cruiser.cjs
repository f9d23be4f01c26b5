// Imports point down this list, never up; `folder` may use itself and everything before it.
const layers = [
  'elf',
  'isa',
  'machine',
  'process',
  'target',
  'patch',
  'update',
  'rehearsal',
  'compare',
  'cli',
];

const upward = layers.map((folder, index) => ({
  name: `${folder}-looks-down`,
  severity: 'error',
  comment: `src/${folder} must not know ${layers.slice(index + 1).join(', ') || 'nothing above it'}`,
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(${layers.slice(index + 1).join('|') || 'none'})/` },
}));

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'isas-are-strangers',
      severity: 'error',
      comment: 'one instruction set must not lean on another',
      from: { path: '^src/isa/(riscv|sparc)/' },
      to: { path: '^src/isa/(riscv|sparc)/', pathNot: '^src/isa/$1/' },
    },
    {
      name: 'patch-has-no-isa',
      severity: 'error',
      comment: 'what depends on the instruction set lives in src/isa',
      from: { path: '^src/(patch|process|target|machine|cli)/' },
      to: { path: '^src/isa/(riscv|sparc)/' },
    },
    {
      name: 'core-runs-without-node',
      severity: 'error',
      comment:
        'files, streams and child processes belong to the command line and the native engine; ' +
        'worker threads to rehearsal/workers; ' +
        'hashes and signatures are left to node:crypto, behind one small file each for digests and packages',
      from: {
        path: '^src/',
        pathNot: '^src/(cli/|machine/unicorn/|rehearsal/workers/|process/digest.ts|patch/package/crypto.ts)',
      },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
