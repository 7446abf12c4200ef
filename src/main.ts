#!/usr/bin/env node
/** Process entry. Says in one sentence what is wrong with the runtime; everything else is a command (admin/cli). */
import { enableCompileCache } from 'node:module';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(`Bryggan needs Node 24 or later, this is ${process.version}. Start it with "npm run …" or node_modules/.bin/node, which use the Node that package.json pins.\n`);
  process.exit(1);
}
// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') process.exit(0); });
enableCompileCache();
const root = process.env['BRYGGAN_ROOT'] ?? '.';
const { runCommandLine } = await import('./admin/cli/program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2), {
  serve: async () => (await import('./serve.ts')).serve(root),
  demo: async (options) => (await import('./demo/demo.ts')).runDemo(options),
  tools: async () => (await import('./app-tools.ts')).createTools(root),
});
