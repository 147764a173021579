import { spawn } from 'node:child_process';
import path from 'node:path';
import { inRoot } from './project.mjs';

const HAS_GROUPS = process.platform !== 'win32';
const POLL_MS = 1000;
const STOP_LIMIT_MS = 1500;
const running = new Set();
let stopped = false;

/** The environment for tools: what they call by name is found among the packages first. */
export function toolEnvironment(extra = {}) {
  return {
    ...process.env,
    ...extra,
    PATH: `${inRoot('node_modules', '.bin')}${path.delimiter}${process.env.PATH || ''}`,
  };
}

/**
 * Runs a program to its end; never throws. With `show` its output goes to the terminal, otherwise it is collected.
 * `code` is null when it was killed, by a signal or by us after `limitMs` or once `isOverdue` says so.
 */
export function runTool(program, args, options = {}) {
  const {
    cwd = inRoot(),
    env = toolEnvironment(),
    show = false,
    limitMs = Infinity,
    isOverdue,
    ...more
  } = options;
  return new Promise((resolve) => {
    const stdio = ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'];
    if (stopped) return resolve({ code: null, output: '' });
    // In a process group of its own, so that what it has started ends with it.
    const child = spawn(program, args, { ...more, cwd, env, stdio, detached: HAS_GROUPS });
    running.add(child);
    let output = '';
    const collect = (text) => (output += text);
    if (!show) {
      child.stdout.setEncoding('utf8').on('data', collect);
      child.stderr.setEncoding('utf8').on('data', collect);
    }
    const end = Date.now() + limitMs;
    const timer = setInterval(() => {
      if (Date.now() > end || (isOverdue !== undefined && isOverdue())) signalGroup(child, 'SIGKILL');
    }, POLL_MS);
    const finish = (code, reason) => {
      clearInterval(timer);
      running.delete(child);
      resolve({ code, output: output + reason });
    };
    child.once('error', (error) => finish(null, error.message));
    child.once('close', (code) => finish(code, ''));
  });
}

/** Ends what still runs, when the caller is told to end; returns when it is gone. Nothing is started after that. */
export async function stopTools() {
  stopped = true;
  const ended = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of running) signalGroup(child, 'SIGTERM');
  // npm first undoes what it has installed, which may take a minute; what is half done is seen and done again anyway.
  const timer = setTimeout(() => running.forEach((child) => signalGroup(child, 'SIGKILL')), STOP_LIMIT_MS);
  await Promise.all(ended);
  clearTimeout(timer);
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return; // It could not be started.
  try {
    if (HAS_GROUPS) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
