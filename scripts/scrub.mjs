import { runBuiltCommand } from './built-command.mjs';

runBuiltCommand('scrub');
