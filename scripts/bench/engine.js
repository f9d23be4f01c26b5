/**
 * An engine of suture, in a Node process of its own for each ISA: what one core taught the host's compiler would
 * slow the next one.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export class Engine {
  #child = fork(new URL('guest.js', import.meta.url), { execArgv: ['--expose-gc'] });
  #ended = once(this.#child, 'exit').then(([status, signal]) => ({
    error: `the process of the ${this.name} engine ended with ${signal ?? status}`,
  }));

  /** @param name `builtin` or `unicorn`. */
  constructor(name) {
    this.name = name;
  }

  /** Why the engine cannot run this program at all, or undefined when it can. */
  async absence(file) {
    return (await this.#ask('absence', file)).reason;
  }

  /** The workload with its usual work: output, seconds and retired instructions. */
  run(file) {
    return this.#ask('run', file);
  }

  /** What forks take in time and memory. */
  forks(file) {
    return this.#ask('forks', file);
  }

  end() {
    this.#child.kill();
  }

  async #ask(kind, file) {
    this.#child.send({ kind, engine: this.name, file: file.href });
    const answer = await Promise.race([once(this.#child, 'message').then(([first]) => first), this.#ended]);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}
