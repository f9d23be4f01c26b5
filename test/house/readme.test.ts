/** What README shows is what happens: its commands print what stands beneath them, and its library examples run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as suture from '#suture/index.js';
import { PLAIN } from '../support/cli.js';
import { newName, pathOf, tellerName } from '../support/programs.js';

interface Block {
  language: string;
  text: string;
}

const blocks: Block[] = [
  ...readFileSync(pathOf('README.md'), 'utf8').matchAll(/^```(\w*)\n(.*?)^```$/gms),
].map(([, language, text]) => ({ language: language!, text: text! }));

/** A command, continued lines joined, and the lines beneath it. */
const commands = blocks
  .flatMap(({ text }) => text.replaceAll('\\\n', ' ').split(/^\$ /m).slice(1))
  .map((text) => text.split('\n'))
  .map(([command, ...lines]) => ({ command: command!, lines: lines.filter((line) => line !== '') }))
  .filter(({ command }) => command.startsWith('node dist/cli/main.js '));

/** Stands for any lines. */
const REST = '...';

/** @throws Error unless `lines` are what was printed; `...` among them stands for any others. */
function expectPrinted(printed: readonly string[], lines: readonly string[]): void {
  let at = 0;
  let anywhere = false;
  for (const line of lines) {
    if (line === REST) {
      anywhere = true;
      continue;
    }
    const found = anywhere ? printed.indexOf(line, at) : at;
    expect(printed[found], `what was printed:\n${printed.join('\n')}\n`).toBe(line);
    at = found + 1;
    anywhere = false;
  }
  if (!anywhere && lines.length > 0) expect(printed.slice(at)).toEqual([]);
}

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-readme-'));
  for (const name of ['dist', 'targets', 'patches']) symlinkSync(pathOf(name), join(folder, name));
  const assembly = blocks.find(({ text }) => text.includes('.globl'));
  writeFileSync(join(folder, 'deposit.s'), assembly!.text);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(commands.map(({ command, lines }) => [command, lines] as const))('%s', (command, lines) => {
  const shell = `${command.replace(/#.*/, '')} 2>&1`;
  const { stdout } = spawnSync('sh', ['-c', shell], { cwd: folder, encoding: 'utf8', env: PLAIN });
  const compared = stdout.split('\n').map((line) => line.trimEnd());
  expectPrinted(
    compared.filter((line) => line !== ''),
    lines,
  );
});

test('the library examples run, one after the other', () => {
  const examples = blocks.filter(({ language }) => language === 'ts').map(({ text }) => text);
  const given = {
    oldBytes: readFileSync(tellerName('rv32')),
    newBytes: readFileSync(newName('teller-grow', 'rv32')),
  };
  const images = `
    const oldImage = readImage(oldBytes, 'old.elf');
    const newImage = readImage(newBytes, 'new.elf');`;
  const told: unknown[][] = [];
  const log = { log: (...values: unknown[]): void => void told.push(values) };
  const code = [examples[0]!, images, ...examples.slice(1)]
    .join('\n')
    .replaceAll(/import \{([^}]*)\} from 'suture';/g, 'const {$1} = suture;');
  const names = ['suture', 'console', ...Object.keys(given)];
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is what README shows, and nothing else
  const run = new Function(...names, code) as (...values: unknown[]) => void;
  run(suture, log, ...Object.values(given));
  const events = told.filter(([first]) => typeof first === 'object');
  expect(events.map(([event]) => (event as suture.UpdateEvent).kind)).toEqual(['prepared', 'applied']);
  const classes = told.filter(([first]) => typeof first === 'number');
  expect(classes.length).toBeGreaterThan(1);
  expect(classes.every(([, , , judgement]) => judgement === 'right')).toBe(true);
});
