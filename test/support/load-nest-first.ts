import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import '@nestjs/core';
import '@nestjs/swagger';
import '@mikro-orm/core';

// What tests expect to happen is not worth a line of output.
Logger.overrideLogger(false);
