/** The entry of a worker that has just been heard of. */
export function insertWorker(id: string): string {
  return `insert into workers (id, name, version, driver, concurrency, state) values ('${id}', 'elsewhere:1', '0.0.0', 'embedded', 1, 'active')`;
}
