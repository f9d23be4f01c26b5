/** Runs a command to its end, with input from memory and output to memory, within a limit of time. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface Ended {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** Milliseconds. */
  took: number;
  timedOut: boolean;
}

export interface RunOptions {
  input?: Uint8Array | string;
  cwd?: string;
  env?: Record<string, string>;
  /** Milliseconds after which it is killed. */
  limit: number;
}

export function runCommand(command: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? {} });
    let timedOut = false;
    // A guest may have a handler for anything milder.
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.limit);
    const collect = (stream: Readable): { text: string } => {
      const collected = { text: '' };
      stream.setEncoding('latin1').on('data', (text: string) => {
        collected.text += text;
      });
      return collected;
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const took = performance.now() - started;
      resolve({ status, signal, stdout: stdout.text, stderr: stderr.text, took, timedOut });
    });
    // A program need not read what it is offered.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
