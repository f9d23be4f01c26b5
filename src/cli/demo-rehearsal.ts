/** The rehearsal in the demo: what becomes of an update at every instruction of a run, in a few lines. */
import type { Image } from '../elf/index.js';
import { DEFAULT_PATIENCE, type Patch } from '../patch/index.js';
import {
  assemble,
  Decider,
  OldThenNew,
  referencesOf,
  runAlone,
  type PointClass,
} from '../rehearsal/index.js';
import { wrap } from './wrap.js';

const LIMIT = 10_000_000;
const WIDTH = 97;
const INDENT = '   ';

/** @param name what is rehearsed, for people. */
export function demoRehearsal(
  name: string,
  oldImage: Image,
  newImage: Image,
  patch: Patch,
  session: Uint8Array,
): string[] {
  const workload = { input: session };
  const solo = runAlone(oldImage, workload, LIMIT);
  const { before, after } = referencesOf(solo, runAlone(newImage, workload, LIMIT));
  const update = { patches: [patch], options: {}, patience: DEFAULT_PATIENCE };
  const decider = new Decider(oldImage, workload, update, new OldThenNew(before, after), LIMIT);
  const found: PointClass[] = [];
  const points = solo.instructions + 1;
  decider.decide({ first: 0, end: points }, (one) => found.push(one));
  const classes = assemble(found, points);
  const count = (wanted: (one: PointClass) => boolean): number =>
    classes.filter(wanted).reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const right = ({ judgement }: PointClass): boolean => judgement === 'right';
  const runs = classes.filter(({ ranInstructions }) => ranInstructions > 0).length;
  const [atOnce, later] = (['at-once', 'deferred'] as const).map((decision) =>
    count((one) => one.decision === decision && right(one)),
  );
  const refused = count(({ decision }) => decision === 'refused');
  const wrong = count((one) => !right(one));
  const first = classes.find((one) => !right(one));
  return [
    `${INDENT}${name}: ${points} points in ${classes.length} classes, decided by ${runs} runs`,
    `${INDENT}  ${atOnce} land at once, ${later} later, ${refused} refused, ${wrong} go wrong`,
    ...(first === undefined
      ? []
      : wrap(
          `${INDENT}  the first is ${first.first}: ${first.objection ?? first.reason}`,
          WIDTH,
          INDENT + INDENT,
        )),
  ];
}
