import { TestEnvironment } from 'jest-environment-node';

/**
 * jest gives each test file globals of its own. Native modules (ONNX Runtime, node-av) and Node's own errors come from the
 * outer realm, so `instanceof Float32Array` and `instanceof Error` fail on what they return. Sharing these constructors
 * makes code behave under test as it does in production.
 */
export default class NodeEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of [
      'ArrayBuffer',
      'SharedArrayBuffer',
      'Float32Array',
      'Float64Array',
      'Int8Array',
      'Int16Array',
      'Int32Array',
      'BigInt64Array',
      'BigUint64Array',
      'Uint8Array',
      'Uint16Array',
      'Uint32Array',
      'DataView',
      'Error',
      'TypeError',
      'RangeError',
    ]) {
      this.global[name] = globalThis[name];
    }
  }
}
