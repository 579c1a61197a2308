import { isAbove } from './rounding.ts';

/** How a judge answers where people pass and where people fail an output. */
export type JudgeRates = { readonly truePositive: number; readonly trueNegative: number };

/** Below this TPR + TNR - 1 a judge says too little for its rate to be corrected. */
const LEAST_INFORMATION = 0.3;

/** The true rate behind an apparent one (Rogan and Gladen 1978), in [0, 1]; null for a weak judge. */
export function roganGladen(apparent: number, rates: JudgeRates): number | null {
  const information = rates.truePositive + rates.trueNegative - 1;
  if (isAbove(LEAST_INFORMATION, information)) return null;
  return Math.max(0, Math.min(1, (apparent + rates.trueNegative - 1) / information));
}

/** TPR and TNR over outputs that both assessed; null where people passed all or failed all. */
export function judgeRates(
  outputs: readonly { readonly person: boolean; readonly judge: boolean }[],
): JudgeRates | null {
  const passed = outputs.filter(({ person }) => person);
  const failed = outputs.filter(({ person }) => !person);
  if (passed.length === 0 || failed.length === 0) return null;
  return {
    truePositive: passed.filter(({ judge }) => judge).length / passed.length,
    trueNegative: failed.filter(({ judge }) => !judge).length / failed.length,
  };
}
