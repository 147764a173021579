/** Room on the disk for bytes that are about to come. As they arrive they take it themselves. */
export interface DiskClaim {
  readonly claimedBytes: number;
  arrivedBytes: number;
}

/** What the requests of this process have yet to write, so that no two of them count on the same room. */
export class DiskClaims {
  private readonly claims = new Set<DiskClaim>();

  get openBytes(): number {
    let sum = 0;
    for (const { claimedBytes, arrivedBytes } of this.claims) sum += Math.max(0, claimedBytes - arrivedBytes);
    return sum;
  }

  /** Until `release`. */
  claim(claimedBytes: number): DiskClaim {
    const claim = { claimedBytes, arrivedBytes: 0 };
    this.claims.add(claim);
    return claim;
  }

  release(claim: DiskClaim): void {
    this.claims.delete(claim);
  }
}
