/** The reference's instruction-proposal template, byte for byte (gepa strategies/instruction_proposal.py, MIT). */
export const DEFAULT_TEMPLATE = `I provided an assistant with the following instructions to perform a task for me:
\`\`\`
<curr_param>
\`\`\`

The following are examples of different task inputs provided to the assistant along with the assistant's response for each of them, and some feedback on how the assistant's response could be better:
\`\`\`
<side_info>
\`\`\`

Your task is to write a new instruction for the assistant.

Read the inputs carefully and identify the input format and infer detailed task description about the task I wish to solve with the assistant.

Read all the assistant responses and the corresponding feedback. Identify all niche and domain specific factual information about the task and include it in the instruction, as a lot of it may not be available to the assistant in the future. The assistant may have utilized a generalizable strategy to solve the task, if so, include that in the instruction as well.

Provide the new instructions within \`\`\` blocks.`;

const PLACEHOLDERS = ['<curr_param>', '<side_info>'] as const;

/** Raised where a reflection template lacks a placeholder; `missing` names those it lacks. */
export class ReflectionTemplateError extends Error {
  override readonly name = 'ReflectionTemplateError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly missing: readonly string[];
  constructor(missing: readonly string[]) {
    super(`Missing placeholder(s) in prompt template: ${missing.join(', ')}`);
    this.missing = missing;
  }
}

export function checkTemplate(template: string): void {
  const missing = PLACEHOLDERS.filter((placeholder) => !template.includes(placeholder));
  if (missing.length > 0) throw new ReflectionTemplateError(missing);
}

export type TemplateValues = { readonly current: string; readonly sideInfo: string };

/** Fills both placeholders at once: one that stands literally in the current text stays as it is. */
export function fillGuarded(template: string, { current, sideInfo }: TemplateValues): string {
  checkTemplate(template);
  return template.replace(/<curr_param>|<side_info>/g, (placeholder) =>
    placeholder === '<curr_param>' ? current : sideInfo,
  );
}

/** Fills the placeholders one after the other, as the reference does: a literal `<side_info>` in the current text is expanded. */
export function fillAsReference(template: string, { current, sideInfo }: TemplateValues): string {
  checkTemplate(template);
  return template
    .replaceAll('<curr_param>', () => current)
    .replaceAll('<side_info>', () => sideInfo);
}
