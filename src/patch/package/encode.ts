/** A package as bytes: the same package gives the same bytes. Lists of numbers are flat. */
import type { FrameRule, RegisterRule } from '../../elf/index.js';
import type {
  Contents,
  Destination,
  FrameRow,
  OldBytes,
  Package,
  PackageObject,
  ProgramIdentity,
  RunningThing,
} from './model.js';
import { toCbor } from './tokens.js';

export const DESTINATIONS = ['absolute', 'running', 'procedure', 'data'] as const;
export const REGISTER_RULES = ['same', 'undefined', 'memory', 'register'] as const;

export function encodePackage(source: Package): Uint8Array {
  const { metadata, architecture, symbols, running, references, pairs } = source;
  return toCbor({
    metadata: defined({ ...metadata }),
    architecture: { ...architecture },
    from: identity(source.from),
    to: identity(source.to),
    procedures: source.procedures.map(({ name, address, section, contents, replaces, why, frames }) =>
      defined({
        name,
        address,
        section,
        contents: contentsOf(contents),
        replaces: replaces && oldBytes(replaces),
        why,
        frames: frames.map(frameRow),
      }),
    ),
    data: source.data.map(({ name, address, contents, writable }) => {
      return { name, address, contents: contentsOf(contents), writable };
    }),
    objects: source.objects.map(object),
    hooks: source.hooks.map(({ when, name, procedure }) => {
      return { when, name, procedure: destination(procedure) };
    }),
    symbols: symbols.map(({ name, kind, binding, address, size, section, defined: here }) => {
      return { name, kind, binding, address, size, section, defined: here };
    }),
    running: running.map(thing),
    references: references.flatMap((r) => [r.symbol, r.addend, ...destination(r.destination)]),
    pairs: pairs.flatMap((pair) => [pair.new, pair.old, pair.size]),
  });
}

/** Without the fields that are undefined. */
const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const identity = ({ name, buildId }: ProgramIdentity): unknown => defined({ name, buildId });

const thing = ({ name, address, size }: RunningThing): unknown => ({ name, address, size });

const oldBytes = ({ name, address, size, sha256 }: OldBytes): unknown => ({ name, address, size, sha256 });

const contentsOf = ({ bytes, size, relocations }: Contents): unknown => ({
  bytes,
  size,
  relocations: relocations.flatMap(({ offset, type, symbol, addend }) => [offset, type, symbol, addend]),
});

function destination(to: Destination): number[] {
  const kind = DESTINATIONS.indexOf(to.kind);
  return to.kind === 'absolute' ? [kind, to.value, 0] : [kind, to.index, to.offset];
}

function object(source: PackageObject): unknown {
  const { decision } = source;
  const old = oldBytes(source.old);
  switch (decision) {
    case 'keep':
      return { decision, old };
    case 'reset':
      return { decision, old, contents: contentsOf(source.contents) };
    case 'replace':
      return { decision, old, contents: contentsOf(source.contents), readers: source.readers.map(thing) };
    case 'move':
      return { decision, old, data: source.data };
    case 'transform':
      return { decision, old, data: source.data, procedure: destination(source.procedure) };
  }
}

function frameRow({ offset, rule }: FrameRow): number[] {
  return rule === undefined ? [offset] : [offset, ...frameRule(rule)];
}

function frameRule(rule: FrameRule): number[] {
  const registers = [...rule.registers].sort(([a], [b]) => a - b);
  return [
    rule.cfaRegister,
    rule.cfaOffset,
    rule.returnRegister,
    rule.windowSaved ? 1 : 0,
    ...registers.flatMap(([number, where]) => [number, REGISTER_RULES.indexOf(where.kind), operand(where)]),
  ];
}

function operand(where: RegisterRule): number {
  if (where.kind === 'memory') return where.offset;
  return where.kind === 'register' ? where.register : 0;
}
