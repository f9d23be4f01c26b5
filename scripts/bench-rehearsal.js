/**
 * How many update points are decided in a second: by `suture rehearse`, and in the ordinary way, qemu-user under a
 * gdb script, on one session of teller; then how the cost of a rehearsal grows with the length of a run and with the
 * number of classes, on the service.
 *
 *   npm run bench:rehearsal -- [--instructions N] [--seconds N] [--seed N] [--no-series] [--json FILE]
 *
 * The ordinary way is measured twice: stepping to a point, whose cost grows with the point, at points of the first
 * instructions alone; and by a breakpoint that is passed as often as the instruction comes before, which is faster
 * and needs a count that suture gives away here. Its output must be what suture's own run at that point writes.
 */
import { openSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { missingTools, tryPoint } from './bench/ordinary-way.js';
import { rehearseService, rehearseTeller } from './bench/rehearse.js';
import { table } from './bench/table.js';
import { placesIn, tellerSubject } from './bench/teller-subject.js';

/** Stepping is tried at points up to this one. */
const STEPPED = 20_000;
const WAYS = [
  { way: 'step', label: 'gdb, stepping' },
  { way: 'breakpoint', label: 'gdb, breakpoint' },
];

function options() {
  const { values } = parseArgs({
    options: {
      instructions: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      'no-series': { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const within = (name, least, most) => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new Error(`--${name} ${values[name]}: a number from ${least} to ${most} is needed`);
    return value;
  };
  return {
    instructions: within('instructions', 1000, 1e8),
    seconds: within('seconds', 1, 3600),
    seed: within('seed', 0, 2 ** 31 - 1),
    series: !values['no-series'],
    // Now, so that a name that cannot be written to costs no minutes.
    json: values.json === undefined ? undefined : openSync(values.json, 'w'),
  };
}

/** Points until the time is over, one at least. */
async function ordinary(subject, way, limit, seconds, seed) {
  let spent = 0;
  let points = 0;
  for (const place of placesIn(subject, limit, seed)) {
    const { seconds: took, output } = await tryPoint(subject, place, way);
    if (output !== place.output)
      throw new Error(`at point ${place.point} the program wrote something else under gdb than under suture`);
    spent += took;
    points++;
    if (spent >= seconds) break;
  }
  return { points, seconds: spent, pointsPerSecond: points / spent };
}

const rate = (value) => (value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(2));

async function compareWays(subject, { seconds, seed }) {
  const results = [];
  const missing = missingTools();
  if (missing.length > 0) console.log(`missing: apt-get install ${missing.join(' ')}`);
  else {
    for (const { way, label } of WAYS) {
      const limit = way === 'step' ? Math.min(STEPPED, subject.instructions) : subject.instructions;
      const measured = await ordinary(subject, way, limit, seconds / WAYS.length, seed);
      results.push({ label, upTo: limit, ...measured });
    }
  }
  const { absence, ...whole } = rehearseTeller(subject);
  if (absence !== undefined) console.log(`missing: suture rehearse: ${absence}`);
  else results.push({ label: 'suture rehearse', upTo: subject.instructions, ...whole });
  const rows = results.map(({ label, upTo, points, seconds: took, pointsPerSecond }) => [
    ...[label, upTo.toLocaleString('en-US'), points.toLocaleString('en-US')],
    ...[took.toFixed(1), rate(pointsPerSecond)],
  ]);
  console.log(table(['way', 'points up to', 'decided', 's', 'points/s'], rows));
  const [fastest] = results
    .filter(({ label }) => label.startsWith('gdb'))
    .sort((a, b) => b.pointsPerSecond - a.pointsPerSecond);
  const ours = results.find(({ label }) => label.startsWith('suture'));
  if (fastest !== undefined && ours !== undefined)
    console.log(
      `suture decides ${rate(ours.pointsPerSecond / fastest.pointsPerSecond)} times as many as ${fastest.label}`,
    );
  return results;
}

/** Longer runs of equal requests, then equally many requests with more work in each. */
const SERIES = [
  ...[50, 500, 5000].map((requests) => ({ requests, rounds: 1 })),
  ...[10, 100].map((rounds) => ({ requests: 50, rounds })),
];

function series() {
  const results = [];
  for (const each of SERIES) {
    const { absence, ...measured } = rehearseService(each);
    if (absence !== undefined) {
      console.log(`missing: suture rehearse: ${absence}`);
      return results;
    }
    results.push({ ...each, ...measured });
  }
  const columns = ['requests', 'rounds', 'instructions', 'classes', 'runs', 'ranInstructions'];
  const rows = results.map((each) => [
    ...columns.map((name) => each[name].toLocaleString('en-US')),
    each.seconds.toFixed(1),
  ]);
  console.log(table([...columns, 's'], rows));
  return results;
}

try {
  const wanted = options();
  const subject = tellerSubject(wanted.instructions);
  console.log(
    `teller.rv64.elf, teller-grow: a run of ${subject.instructions.toLocaleString('en-US')} instructions, on ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  );
  const ways = await compareWays(subject, wanted);
  const grown = wanted.series ? series() : [];
  if (wanted.json !== undefined)
    writeFileSync(wanted.json, `${JSON.stringify({ ways, series: grown }, null, 2)}\n`);
} catch (error) {
  console.error(`bench-rehearsal: ${error.message}`);
  process.exitCode = 1;
}
