/** Starts the process of the native engine, and speaks with it so that the caller waits. */
import type * as ChildProcess from 'node:child_process';
import type * as Fs from 'node:fs';
import { Pipes, Cursor, EndOfPipe, Tell, textOf } from './messages.js';

/** The native engine cannot be used here; the message says what to install. */
export class EngineUnavailable extends Error {}

/** The native engine ended, or did what it never should: a bug in it, or here. */
export class EngineFailure extends Error {}

const ADVICE =
  "the unicorn engine needs Debian's package libunicorn2 (version 2.0.1) and the optional dependency koffi";

/** Modules of Node, asked for when they are needed: what imports this must still load in a browser. */
function modules(): { fs: typeof Fs; childProcess: typeof ChildProcess } {
  const { process } = globalThis as { process?: NodeJS.Process };
  if (process === undefined) throw new EngineUnavailable('the unicorn engine needs Node');
  return {
    fs: process.getBuiltinModule('node:fs'),
    childProcess: process.getBuiltinModule('node:child_process'),
  };
}

/**
 * The process for an architecture, `riscv32` or another that child.ts knows.
 *
 * Two named pipes lead to it. Unlike the pipes that Node makes for a child they block, so that both sides can
 * wait for each other; and as nobody else holds their ends, reading ends when the other side does.
 *
 * @throws EngineUnavailable
 */
export class Helper {
  /** Of the library. */
  readonly version: string;
  private readonly pipes: Pipes;

  constructor(architecture: string) {
    const { fs, childProcess } = modules();
    const folder = fs.mkdtempSync('/tmp/suture-');
    try {
      const paths = [`${folder}/down`, `${folder}/up`] as const;
      const made = childProcess.spawnSync('mkfifo', ['-m', '600', ...paths]);
      if (made.status !== 0) throw new EngineUnavailable(`${ADVICE}, and mkfifo(1)`);
      const [down, up] = paths.map((path) => bothEnds(fs, path)) as [Ends, Ends];
      this.pipes = new Pipes(fs, up.read, down.write);
      const child = childProcess.spawn(
        process.execPath,
        [new URL('./child.js', import.meta.url).pathname, architecture],
        {
          stdio: [down.read, up.write, 'inherit'],
        },
      );
      // Whether it could be started shows when it is spoken with.
      child.on('error', () => undefined);
      child.unref();
      fs.closeSync(down.read);
      fs.closeSync(up.write);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
    const hello = this.receive();
    const kind = hello.next();
    const text = textOf(hello.rest());
    if (kind !== Tell.ready) throw new EngineUnavailable(`${ADVICE}: ${text}`);
    this.version = text;
  }

  send(words: Int32Array): void {
    try {
      this.pipes.send(words);
    } catch (error) {
      throw new EngineFailure(`the unicorn engine is gone: ${String(error)}`);
    }
  }

  /** @throws EngineFailure when the process ended. */
  receive(): Cursor {
    try {
      return new Cursor(this.pipes.receive());
    } catch (error) {
      if (!(error instanceof EndOfPipe)) throw error;
      throw new EngineFailure('the unicorn engine crashed');
    }
  }
}

interface Ends {
  read: number;
  write: number;
}

/** Opening one end waits for the other, unless somebody has both. */
function bothEnds(fs: typeof Fs, path: string): Ends {
  const both = fs.openSync(path, 'r+');
  const ends = { read: fs.openSync(path, 'r'), write: fs.openSync(path, 'w') };
  fs.closeSync(both);
  return ends;
}
