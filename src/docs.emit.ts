import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderConfigurationDocs } from './platform/config/configuration-docs.js';
import { renderEnvTemplate } from './platform/config/env-template.js';
import { renderErrorDocs } from './platform/http/error-docs.js';

/** Writes the documents that are made from the code into the checkout that is named. */
const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('Name the folder of the checkout');
await writeFile(join(root, 'env.template'), renderEnvTemplate());
await writeFile(join(root, 'docs', 'configuration.md'), renderConfigurationDocs());
await writeFile(join(root, 'docs', 'errors.md'), renderErrorDocs());
