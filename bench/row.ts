/** One row of the bench: what it is called, what it may cost, how it is measured. A row that cannot be measured says why. */
export interface BenchResult { readonly ratio?: number; readonly cpuMs?: number; readonly seconds?: number; readonly peakMb?: number; /** Longest that the event loop was held up, by the clock in the quietest run and in CPU of its own thread. */ readonly lagMs?: number; readonly loopCpuMs?: number; readonly cpuSeconds?: number; readonly peers?: Readonly<Record<string, number>>; readonly redisCommands?: number; readonly redisRoundTrips?: number; readonly note?: string }
export interface BenchRow {
  readonly id: string;
  readonly budget: number;
  /** R: multiples of one RSA-2048 signature; s: seconds. */
  readonly unit: 'R' | 's';
  measure(unit: { readonly rsa2048SignMs: number }): Promise<BenchResult | { readonly reason: string }>;
}
