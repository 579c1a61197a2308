// A process that ends before it is ready, with a reason on stderr.
process.stderr.write('attune.config.ts:3 names no agent\n');
process.exitCode = 7;
