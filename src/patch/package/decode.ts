/** Reads the contents of a package. Every number, length and index is checked before it is used. */
import type { FrameRule, RegisterRule } from '../../elf/index.js';
import { DESTINATIONS, encodePackage, REGISTER_RULES } from './encode.js';
import { PackageError } from './errors.js';
import {
  CONSISTENCIES,
  HOOK_MOMENTS,
  NATURES,
  type Contents,
  type Destination,
  type FrameRow,
  type Metadata,
  type OldBytes,
  type Package,
  type PackageObject,
  type PackageProcedure,
  type ProgramIdentity,
  type RunningThing,
} from './model.js';
import { fromCbor } from './tokens.js';
import { Value } from './values.js';

/** Beyond every address. */
const TOP = 2 ** 32;
const LONGEST_NAME = 4096;
const LONGEST_TEXT = 65_536;
/** Procedures, blocks of data, objects, hooks. */
const MOST_PARTS = 16_384;
const MOST_ENTRIES = 1 << 20;
/** Bytes that all code and data take in memory, and that all they replace takes. */
const LARGEST = 64 << 20;
/** Bytes of code, of which each instruction is looked at. */
const LARGEST_CODE = 4 << 20;
const MOST_SECTIONS = 0xffff;
const MOST_REGISTERS = 256;

/**
 * The package that `encodePackage` wrote.
 *
 * @param name the file, for messages.
 * @throws PackageError naming the field and what should be there.
 */
export function decodePackage(bytes: Uint8Array, name: string): Package {
  const complain = (path: string, detail: string): PackageError =>
    new PackageError(name, 'malformed', path === '' ? detail : `${path}: ${detail}`);
  let value: unknown;
  try {
    value = fromCbor(bytes);
  } catch (error) {
    throw complain('', `its contents are not the CBOR of a package: ${(error as Error).message}`);
  }
  const result = readPackage(new Value(value, '', complain));
  checkTogether(result, complain);
  if (Buffer.compare(encodePackage(result), bytes) !== 0) {
    throw complain('', 'its contents are not in the one order and form a package has');
  }
  return result;
}

function readPackage(root: Value): Package {
  const fields = root.fields([
    'metadata',
    'architecture',
    'from',
    'to',
    'procedures',
    'data',
    'objects',
    'hooks',
    'symbols',
    'running',
    'references',
    'pairs',
  ]);
  const architecture = fields.architecture.fields(['machine', 'bits', 'bigEndian']);
  return {
    metadata: metadata(fields.metadata),
    architecture: {
      machine: architecture.machine.integer(0, 0xffff),
      bits: architecture.bits.integer(32, 64) === 64 ? 64 : 32,
      bigEndian: architecture.bigEndian.boolean(),
    },
    from: identity(fields.from),
    to: identity(fields.to),
    procedures: fields.procedures.list(MOST_PARTS).map(procedure),
    data: fields.data.list(MOST_PARTS).map((value) => {
      const block = value.fields(['name', 'address', 'contents', 'writable']);
      return {
        name: block.name.text(LONGEST_NAME),
        address: address(block.address),
        contents: contents(block.contents),
        writable: block.writable.boolean(),
      };
    }),
    objects: fields.objects.list(MOST_PARTS).map(object),
    hooks: fields.hooks.list(HOOK_MOMENTS.length).map((value) => {
      const hook = value.fields(['when', 'name', 'procedure']);
      return {
        when: hook.when.oneOf(HOOK_MOMENTS),
        name: hook.name.text(LONGEST_NAME),
        procedure: destination(hook.procedure),
      };
    }),
    symbols: fields.symbols.list(MOST_ENTRIES).map((value) => {
      const symbol = value.fields(['name', 'kind', 'binding', 'address', 'size', 'section', 'defined']);
      return {
        name: symbol.name.text(LONGEST_NAME),
        kind: symbol.kind.oneOf([
          'procedure',
          'object',
          'section',
          'file',
          'thread-local',
          'indirect',
          'untyped',
          'other',
        ]),
        binding: symbol.binding.oneOf(['local', 'global', 'weak']),
        address: address(symbol.address),
        size: address(symbol.size),
        section: symbol.section.integer(0, MOST_SECTIONS),
        defined: symbol.defined.boolean(),
      };
    }),
    running: fields.running.list(MOST_ENTRIES).map(thing),
    references: fields.references
      .rows(MOST_ENTRIES, [[0, MOST_ENTRIES], ADDEND, ...DESTINATION])
      .map(([symbol, addend, ...to]) => ({
        symbol: symbol!,
        addend: addend!,
        destination: toDestination(to),
      })),
    pairs: fields.pairs
      .rows(MOST_ENTRIES, [ADDRESS, ADDRESS, ADDRESS])
      .map(([here, old, size]) => ({ new: here!, old: old!, size: size! })),
  };
}

const ADDRESS = [0, TOP - 1] as const;
const ADDEND = [-2 * TOP, 2 * TOP] as const;
const DESTINATION = [[0, DESTINATIONS.length - 1], [0, TOP - 1], ADDEND] as const;

const address = (value: Value): number => value.integer(...ADDRESS);

function metadata(value: Value): Metadata {
  const { title, nature, affects, from, to, consistency, deadline } = value.fields(
    ['title'],
    ['nature', 'affects', 'from', 'to', 'consistency', 'deadline'],
  );
  return {
    title: title.text(LONGEST_TEXT),
    ...(nature && { nature: nature.oneOf(NATURES) }),
    ...(affects && { affects: affects.list(1000).map((each) => each.text(LONGEST_NAME)) }),
    ...(from && { from: from.text(LONGEST_NAME) }),
    ...(to && { to: to.text(LONGEST_NAME) }),
    ...(consistency && { consistency: consistency.oneOf(CONSISTENCIES) }),
    ...(deadline && { deadline: deadline.integer(1, Number.MAX_SAFE_INTEGER) }),
  };
}

function identity(value: Value): ProgramIdentity {
  const { name, buildId } = value.fields(['name'], ['buildId']);
  return { name: name.text(LONGEST_NAME), ...(buildId && { buildId: buildId.text(128) }) };
}

function procedure(value: Value): PackageProcedure {
  const fields = value.fields(['name', 'address', 'section', 'contents', 'why', 'frames'], ['replaces']);
  return {
    name: fields.name.text(LONGEST_NAME),
    address: address(fields.address),
    section: fields.section.integer(0, MOST_SECTIONS),
    contents: contents(fields.contents),
    ...(fields.replaces && { replaces: oldBytes(fields.replaces) }),
    why: fields.why.text(LONGEST_TEXT),
    frames: fields.frames.list(MOST_ENTRIES).map(frameRow),
  };
}

function contents(value: Value): Contents {
  const { bytes, size, relocations } = value.fields(['bytes', 'size', 'relocations']);
  const whole = size.integer(0, LARGEST);
  return {
    bytes: bytes.bytes(whole),
    size: whole,
    relocations: relocations
      .rows(MOST_ENTRIES, [[0, Math.max(0, whole - 1)], [0, TOP - 1], [0, MOST_ENTRIES], ADDEND])
      .map(([offset, type, symbol, addend]) => {
        return { offset: offset!, type: type!, symbol: symbol!, addend: addend! };
      }),
  };
}

function thing(value: Value): RunningThing {
  const { name, address: at, size } = value.fields(['name', 'address', 'size']);
  return { name: name.text(LONGEST_NAME), address: address(at), size: address(size) };
}

function oldBytes(value: Value): OldBytes {
  const { name, address: at, size, sha256 } = value.fields(['name', 'address', 'size', 'sha256']);
  return {
    name: name.text(LONGEST_NAME),
    address: address(at),
    size: size.integer(0, LARGEST),
    sha256: sha256.bytes(32, 32),
  };
}

function object(value: Value): PackageObject {
  const fields = value.fields(['decision', 'old'], ['contents', 'readers', 'data', 'procedure']);
  const decision = fields.decision.oneOf(['keep', 'reset', 'replace', 'move', 'transform']);
  const old = oldBytes(fields.old);
  const need = (field: Value | undefined, what: string): Value => {
    if (field === undefined) throw value.wrong(`a decision to ${decision} with ${what}`);
    return field;
  };
  const index = (): number => need(fields.data, 'data').integer(0, MOST_PARTS);
  switch (decision) {
    case 'keep':
      return { decision, old };
    case 'reset':
      return { decision, old, contents: contents(need(fields.contents, 'contents')) };
    case 'replace': {
      const readers = need(fields.readers, 'readers').list(MOST_PARTS).map(thing);
      return { decision, old, contents: contents(need(fields.contents, 'contents')), readers };
    }
    case 'move':
      return { decision, old, data: index() };
    case 'transform': {
      const called = destination(need(fields.procedure, 'a procedure'));
      return { decision, old, data: index(), procedure: called };
    }
  }
}

function destination(value: Value): Destination {
  const [row] = value.rows(1, DESTINATION);
  if (row === undefined) throw value.wrong('a destination');
  return toDestination(row);
}

function toDestination([kind, index, offset]: readonly number[]): Destination {
  const name = DESTINATIONS[kind!]!;
  return name === 'absolute' ? { kind: name, value: index! } : { kind: name, index: index!, offset: offset! };
}

function frameRow(value: Value): FrameRow {
  const numbers = value.rows(5 + 3 * MOST_REGISTERS, [ADDEND]).flat();
  const [offset, cfaRegister, cfaOffset, returnRegister, windowSaved, ...rest] = numbers;
  if (offset === undefined || offset < 0) throw value.wrong('an offset and a rule');
  if (cfaRegister === undefined) return { offset };
  if (windowSaved === undefined || rest.length % 3 !== 0) throw value.wrong('a whole rule');
  const registers = new Map<number, RegisterRule>();
  for (let i = 0; i < rest.length; i += 3) {
    const kind = REGISTER_RULES[rest[i + 1]!];
    if (kind === undefined) throw value.wrong('known rules of registers');
    registers.set(rest[i]!, registerRule(kind, rest[i + 2]!));
  }
  const rule: FrameRule = {
    cfaRegister,
    cfaOffset: cfaOffset!,
    returnRegister: returnRegister!,
    windowSaved: windowSaved === 1,
    registers,
  };
  return { offset, rule };
}

function registerRule(kind: (typeof REGISTER_RULES)[number], operand: number): RegisterRule {
  if (kind === 'memory') return { kind, offset: operand };
  return kind === 'register' ? { kind, register: operand } : { kind };
}

/** What must hold between the parts. */
function checkTogether(source: Package, complain: (path: string, detail: string) => Error): void {
  const { procedures, data, objects, hooks, symbols, running, references, pairs } = source;
  const lengths = { running: running.length, procedure: procedures.length, data: data.length };
  const within = (path: string, index: number, length: number, what: string): void => {
    if (index >= length) throw complain(path, `there is no ${what} ${index}; there are ${length}`);
  };
  const reaches = (path: string, to: Destination): void => {
    if (to.kind !== 'absolute') within(path, to.index, lengths[to.kind], `${to.kind} part`);
  };
  const callable = (path: string, to: Destination): void => {
    reaches(path, to);
    if ((to.kind === 'procedure' || to.kind === 'running') && to.offset === 0) return;
    throw complain(path, 'it must be the entry of a procedure');
  };
  const all = [
    ...procedures.map(({ contents: part }, i) => [`procedures[${i}]`, part] as const),
    ...data.map(({ contents: part }, i) => [`data[${i}]`, part] as const),
    ...objects.flatMap((each, i) => ('contents' in each ? [[`objects[${i}]`, each.contents] as const] : [])),
  ];
  const replaced = [
    ...procedures.flatMap(({ replaces }) => replaces ?? []),
    ...objects.map(({ old }) => old),
  ];
  limit(
    'code and data',
    all.map(([, part]) => part),
    LARGEST,
    complain,
  );
  limit(
    'code',
    procedures.map(({ contents: part }) => part),
    LARGEST_CODE,
    complain,
  );
  limit('old code and data', replaced, LARGEST, complain);
  for (const [path, part] of all) {
    for (const { symbol } of part.relocations) within(path, symbol, symbols.length, 'symbol');
  }
  for (const [i, { frames }] of procedures.entries()) {
    const path = `procedures[${i}].frames`;
    if (!ascends(frames.map(({ offset }) => offset))) throw complain(path, 'the offsets do not ascend');
  }
  for (const [i, { symbol, destination: to }] of references.entries()) {
    within(`references[${i}]`, symbol, symbols.length, 'symbol');
    reaches(`references[${i}]`, to);
  }
  for (const [i, each] of objects.entries()) {
    const path = `objects[${i}]`;
    if ('data' in each) within(path, each.data, data.length, 'block of data');
    if (each.decision === 'transform') callable(path, each.procedure);
    if ('contents' in each && each.contents.size !== each.old.size) {
      throw complain(path, `${each.contents.size} bytes take the place of ${each.old.size}`);
    }
  }
  for (const [i, { procedure: called }] of hooks.entries()) callable(`hooks[${i}]`, called);
  if (new Set(hooks.map(({ when }) => when)).size < hooks.length) {
    throw complain('hooks', 'there are two for one moment');
  }
  if (!ascends(pairs.map((pair) => pair.new))) throw complain('pairs', 'the new addresses do not ascend');
}

function limit(
  what: string,
  parts: readonly { size: number }[],
  most: number,
  complain: (path: string, detail: string) => Error,
): void {
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  if (total > most) throw complain('', `${total} bytes of ${what}; at most ${most} are possible`);
}

const ascends = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);
