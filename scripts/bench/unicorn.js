/** The Unicorn library as an engine, where suture has an engine for it and the library is installed. */
export function unicorn() {
  return Promise.resolve({ name: 'unicorn', absent: 'suture has no engine for it yet' });
}
