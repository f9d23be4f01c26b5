/** Least squares: the constants of a cost that is a sum of counts, each with its price. */

/**
 * The coefficients c for which the sum over all rows of (c · counts − value)² is least. A count that never changes, or
 * that follows from others, gets none.
 *
 * @param rows counts of each observation; the first of them may be 1 throughout, for what is fixed.
 *
 * @example
 * leastSquares([[1, 0], [1, 1], [1, 2]], [5, 7, 9]); // [5, 2]
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  values: readonly number[],
): (number | undefined)[] {
  const width = rows[0]?.length ?? 0;
  const matrix = Array.from({ length: width }, (_, i) => [
    ...Array.from({ length: width }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, k) => sum + row[i]! * values[k]!, 0),
  ]);
  const used: number[] = [];
  for (let column = 0; column < width; column++) {
    const pivot = matrix[column]!;
    const scale = rows.reduce((sum, row) => sum + row[column]! ** 2, 0);
    // What is left of it when the others are taken away is nothing.
    if (Math.abs(pivot[column]!) <= NEGLIGIBLE * scale || scale === 0) continue;
    used.push(column);
    for (const [i, row] of matrix.entries()) {
      if (i === column) continue;
      const factor = row[column]! / pivot[column]!;
      for (let j = 0; j <= width; j++) row[j] = row[j]! - factor * pivot[j]!;
    }
  }
  return Array.from({ length: width }, (_, i) =>
    used.includes(i) ? matrix[i]![width]! / matrix[i]![i]! : undefined,
  );
}

const NEGLIGIBLE = 1e-9;
