/** Signals of one process: masks, nesting, stacks, calls they interrupt, and how they end it. */
import { describe, expect, test } from 'vitest';
import { linuxAbi } from '#suture/process/linux.js';
import { concert, concertName, ENDED, played, WHOLE } from '../support/concert.js';
import { imageOf, ISAS } from '../support/programs.js';

describe.each(ISAS)('signals on %s', (isa) => {
  test.each([
    ['s', 'are counted, and those that wait are one', 'blocked 5 pending 1\ncounted 6\n'],
    ['n', 'nest, themselves only with SA_NODEFER', 'plain abBAaA\nnodefer aaAbBA\n'],
    ['m', 'that sa_mask names wait for the end of the handler', 'masked aAaAbB\n'],
    ['w', 'end a sigsuspend, which restores the mask', 'suspended -4\nhandled 1, blocked again 1\n'],
    ['q', 'are taken by sigtimedwait while there is time', 'nothing 1\ntaken 1\ntaken 1\nnothing 1\n'],
    ['i', 'interrupt a read of input', 'read -1 -, signals 1\n'],
    ['p', 'from another thread interrupt a read of a pipe', 'read -1 -, signals 1\n'],
    [
      'P',
      'interrupt a ppoll even with SA_RESTART, and its mask lasts no longer',
      'poll interrupted 1, signals 1, blocked again 1\na poll that failed blocks 1\n',
    ],
  ])('%s: %s', (letter, _what, expected) => {
    const { process, output } = concert(isa, letter);
    expect(process.run(WHOLE)).toEqual({ kind: 'waiting-for-input' });
    process.input.end();
    expect([process.run(WHOLE), output.text]).toEqual([ENDED, expected]);
  });

  test('let a read go on that SA_RESTART is for', () => {
    const { process, output } = concert(isa, 'I');
    expect(process.run(WHOLE)).toEqual({ kind: 'waiting-for-input' });
    expect(output.text).toBe('');
    process.input.provide(Buffer.from('Y'));
    process.input.end();
    process.run(WHOLE);
    expect(output.text).toBe('read 1 Y, signals 1\n');
  });

  test('run on an alternate stack when the other has overflowed', () => {
    const { stop, output } = played(isa, 'o');
    expect(output).toBe('overflow on the alternate stack 1\n');
    expect(stop).toEqual({ kind: 'exited', status: 7 });
  });

  test('that find no room on the stack are a fault, for which there may be another stack', () => {
    const { stop, output } = played(isa, 'O');
    expect(output).toBe('overflow on the alternate stack 1\n');
    expect(stop).toEqual({ kind: 'exited', status: 7 });
  });

  const { signals } = linuxAbi(imageOf(concertName(isa))).abi;

  test.each([
    ['x', 'a second time after SA_RESETHAND', 'SIGUSR1', 'once 1\n'],
    ['k', 'nobody handles', 'SIGTERM', 'killing\n'],
  ] as const)('%s: kill when they come, %s', (letter, _when, signal, expected) => {
    const { process, stop, output } = played(isa, letter);
    const killed = { kind: 'killed', signal, number: signals[signal], trap: undefined };
    expect([stop, output]).toEqual([killed, expected]);
    expect(process.run(WHOLE), 'it stays dead').toEqual(killed);
  });

  test('of a fault kill when they are blocked, as in their own handler', () => {
    const { stop, output } = played(isa, 'f');
    expect(output).toBe('handling\n');
    const trap = { kind: 'memory', access: 'read', address: 0, cause: 'unmapped' };
    expect(stop).toMatchObject({ kind: 'killed', signal: 'SIGSEGV', number: signals.SIGSEGV, trap });
  });

  test('kill when the alternate stack is used up', () => {
    expect(played(isa, 'F').stop).toMatchObject({ kind: 'killed', signal: 'SIGSEGV' });
  });

  test('may be returned from for ever, and the process still stops when it is told to', () => {
    const { process } = concert(isa, 'r');
    expect(process.run(20_000)).toEqual({ kind: 'limit' });
    expect(process.instructions).toBe(20_000);
  });
});
