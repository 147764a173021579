/** Probability of one token among all, from the logits. */
export function probabilityOf(logits: Float32Array, token: number): number {
  const highest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - highest), 0);
  return Math.exp((logits[token] ?? -Infinity) - highest) / total;
}

/** Probability of each language from the logits behind the start token, among the languages only. */
export function languageProbabilities(
  logits: Float32Array,
  languages: ReadonlyMap<string, number>,
): Map<string, number> {
  const scores = [...languages].map(([code, id]) => [code, logits[id] ?? -Infinity] as const);
  const highest = Math.max(...scores.map(([, score]) => score));
  const weights = scores.map(([code, score]) => [code, Math.exp(score - highest)] as const);
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return new Map(weights.map(([code, weight]) => [code, weight / total]));
}

export interface LanguageVote {
  probabilities: ReadonlyMap<string, number>;
  /** Length of the speech that the vote rests on. */
  weight: number;
}

export interface DetectedLanguage {
  language: string;
  probability: number;
}

/** The language with the highest weighted mean probability, or null without votes. */
export function electLanguage(votes: readonly LanguageVote[]): DetectedLanguage | null {
  const total = votes.reduce((sum, { weight }) => sum + weight, 0);
  const sums = new Map<string, number>();
  for (const { probabilities, weight } of votes) {
    for (const [code, probability] of probabilities) {
      sums.set(code, (sums.get(code) ?? 0) + (probability * weight) / total);
    }
  }
  let best: DetectedLanguage | null = null;
  for (const [language, probability] of sums) {
    if (best === null || probability > best.probability) best = { language, probability };
  }
  return best;
}
