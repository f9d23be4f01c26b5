/**
 * The builtin engine, in a Node process of its own for each ISA: what one core taught the host's compiler would
 * slow the next one.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export class Builtin {
  name = 'builtin';
  #child = fork(new URL('guest.js', import.meta.url), { execArgv: ['--expose-gc'] });
  #ended = once(this.#child, 'exit').then(([status, signal]) => ({
    error: `the process of the builtin engine ended with ${signal ?? status}`,
  }));

  /** The workload with its usual work: output, seconds and retired instructions. */
  run(file) {
    return this.#ask({ kind: 'run', file: file.href });
  }

  forks(file) {
    return this.#ask({ kind: 'forks', file: file.href });
  }

  end() {
    this.#child.kill();
  }

  async #ask(request) {
    this.#child.send(request);
    const answer = await Promise.race([once(this.#child, 'message').then(([first]) => first), this.#ended]);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}
