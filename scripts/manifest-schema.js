/** Writes patches/manifest.schema.json from the schema that manifests are checked by. Run `npm run format` after it. */
import { writeFileSync } from 'node:fs';
import { manifestSchema } from '../dist/patch/manifest.js';

const path = new URL('../patches/manifest.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(manifestSchema(), undefined, 2)}\n`);
