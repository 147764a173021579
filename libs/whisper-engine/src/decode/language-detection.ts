import type { LanguageProbability } from '../transcript.js';
import { logSumExp } from './logits.js';

/** Probability of one token among all, from the logits. */
export function probabilityOf(logits: Float32Array, token: number): number {
  return Math.exp((logits[token] ?? -Infinity) - logSumExp(logits));
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

/** Languages that are worth telling. */
const MOST = 5;

/** The languages with the highest weighted mean probability, highest first; none without votes. */
export function electLanguages(votes: readonly LanguageVote[]): LanguageProbability[] {
  const total = votes.reduce((sum, { weight }) => sum + weight, 0);
  const means = new Map<string, number>();
  for (const { probabilities, weight } of votes) {
    for (const [code, probability] of probabilities) {
      means.set(code, (means.get(code) ?? 0) + (probability * weight) / total);
    }
  }
  return [...means]
    .map(([language, probability]) => ({ language, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, MOST);
}
