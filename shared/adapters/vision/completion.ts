import { z } from 'zod';
import type { VisionImage, VisionQuestion } from '../../ports/index.ts';

/** What one question costs at most, and what it did cost. Micro-USD for a million tokens. */
export interface VisionPrice {
  readonly inputMicroUsd: number;
  readonly outputMicroUsd: number;
}

/** Tokens that one picture is taken to be before the endpoint says: a generous figure for pictures of 768 pixels. */
const tokensPerImage = 2500;

const dataUrl = ({ contentType, bytes }: VisionImage): string =>
  `data:${contentType};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;

/** The request body: pictures as data URLs, each after its name; an answer by schema; nothing left to chance. */
export function completionRequest(model: string, question: VisionQuestion, answerTokens: number): string {
  const content = [
    ...question.images.flatMap((image) => [
      { type: 'text', text: `Picture "${image.label}":` },
      { type: 'image_url', image_url: { url: dataUrl(image) } },
    ]),
    { type: 'text', text: question.text },
  ];
  return JSON.stringify({
    model,
    messages: [
      { role: 'system', content: question.instructions },
      { role: 'user', content },
    ],
    temperature: 0,
    seed: 17,
    max_tokens: answerTokens,
    response_format: {
      type: 'json_schema',
      json_schema: { name: question.answerName, strict: true, schema: question.answerSchema },
    },
  });
}

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });
const Completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string().nullish(),
        message: z.looseObject({ content: z.union([z.string(), z.array(Part)]) }),
      }),
    )
    .min(1),
  usage: z
    .looseObject({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) })
    .nullish()
    .catch(undefined),
});

export interface ReadCompletion {
  /** Undefined when the text does not count. */
  readonly text: string | undefined;
  readonly isCutOff: boolean;
  readonly usage: { readonly input: number; readonly output: number } | undefined;
}

/** Reads a completion; undefined when it is none. */
export function readCompletion(body: string): ReadCompletion | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const read = Completion.safeParse(json);
  if (!read.success) return undefined;
  const { choices, usage } = read.data;
  const { message, finish_reason: end } = choices[0]!;
  const { content } = message;
  const text = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
  return {
    text: text.trim() === '' ? undefined : text,
    isCutOff: end === 'length',
    usage: usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : undefined,
  };
}

/** Never more than the schema of money allows, whatever an endpoint claims to have counted. */
const asMicroUsd = (amount: number): number => Math.min(1e12, Math.ceil(amount));

export const costOf = (price: VisionPrice, input: number, output: number): number =>
  asMicroUsd((input * price.inputMicroUsd + output * price.outputMicroUsd) / 1e6);

/** A bound before the question is sent: a token for each byte of text. */
export function costAtMost(price: VisionPrice, question: VisionQuestion, answerTokens: number): number {
  const { instructions, text, answerSchema, images } = question;
  const bytes = Buffer.byteLength(instructions) + Buffer.byteLength(text) + JSON.stringify(answerSchema).length;
  return costOf(price, bytes + images.length * tokensPerImage, answerTokens);
}
