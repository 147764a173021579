import { writeFile } from 'node:fs/promises';
import { renderEnvTemplate } from './platform/config/env-template.js';

/** Writes env.template to the file that is named. */
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Name the file to write');
await writeFile(target, renderEnvTemplate());
