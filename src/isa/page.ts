/** The page, as literals: these stand in loops that a constant imported from another module would slow. */
export const enum Page {
  bits = 12,
  size = 4096,
  offset = 4095,
  base = -4096,
}
