import { inspect } from 'node:util';
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import '@nestjs/core';
import '@nestjs/swagger';
import '@mikro-orm/core';
import { collectLine } from './collected-logs.js';

const collect = (...entry: unknown[]): void => {
  collectLine(inspect(entry, { breakLength: Infinity, maxStringLength: null }));
};

// What tests expect to happen is not worth a line of output; what must not be logged is looked for in it all the same.
Logger.overrideLogger({ log: collect, error: collect, warn: collect, debug: collect, verbose: collect });
