/** Chromium without a window, driven through its remote protocol over a pipe. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The command that starts it; undefined when it is not installed. */
export const chromium = NAMES.find((name) => spawnSync(name, ['--version']).status === 0);

interface Reply {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

export class Browser {
  private readonly child: ChildProcess;
  private readonly profile = mkdtempSync(join(tmpdir(), 'suture-browser-'));
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private session: string | undefined;
  private sent = 0;

  private constructor(command: string, width: number, height: number) {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe'];
    const args = [...flags, `--user-data-dir=${this.profile}`, `--window-size=${width},${height}`];
    this.child = spawn(command, [...args, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    (this.child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop()!;
      for (const message of messages) {
        const reply = JSON.parse(message) as Reply;
        if (reply.id !== undefined) this.waiting.get(reply.id)?.(reply);
      }
    });
  }

  /** A browser with one page, of this size. */
  static async open(command: string, width: number, height: number): Promise<Browser> {
    const browser = new Browser(command, width, height);
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    browser.session = sessionId as string;
    await browser.send('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
    return browser;
  }

  /** Shows a page and waits until its scripts have run. */
  async show(url: string): Promise<void> {
    await this.send('Page.navigate', { url });
    for (;;) {
      const ready = `document.readyState === 'complete' && location.href !== 'about:blank'`;
      if (await this.evaluate(ready)) return;
    }
  }

  /** Value of an expression in the page. @throws Error with what the page threw. */
  async evaluate(expression: string): Promise<unknown> {
    const options = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', options);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  }

  async mouse(type: string, x: number, y: number, more: Record<string, unknown> = {}): Promise<void> {
    await this.send('Input.dispatchMouseEvent', { type, x, y, ...more });
  }

  async click(x: number, y: number): Promise<void> {
    await this.mouse('mousePressed', x, y, { button: 'left', clickCount: 1 });
    await this.mouse('mouseReleased', x, y, { button: 'left', clickCount: 1 });
  }

  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : {};
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill();
    await gone;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private async send(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
    const id = ++this.sent;
    const reply = new Promise<Reply>((resolve) => this.waiting.set(id, resolve));
    const { session } = this;
    const message = { id, method, params, ...(session === undefined ? {} : { sessionId: session }) };
    (this.child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    const { result, error } = await reply;
    this.waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }
}
