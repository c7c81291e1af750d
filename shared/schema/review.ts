import { z } from 'zod';
import { KeyId, ProfileId, Sha256, Timestamp } from './ids.ts';

/** What shows as nothing, moves a terminal’s cursor or turns the direction of text. */
const controlCharacters = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;

/** A reason as it is kept: one line feed for each line, no other control characters, no space around. */
const cleanReason = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replaceAll('\t', ' ').replace(controlCharacters, ''))
    .join('\n')
    .trim();

export const ReviewRequest = z
  .strictObject({
    decision: z.enum(['approve', 'refuse']),
    reason: z
      .string()
      .max(8000)
      .transform(cleanReason)
      .pipe(z.string().min(3).max(2000))
      .describe('Why; 3 to 2000 characters. It is signed into the receipt; control characters are taken out.'),
  })
  .describe('What somebody decides on a job that needs a review.');
export type ReviewRequest = z.infer<typeof ReviewRequest>;

export const ReviewDecision = z.strictObject({
  decision: z.enum(['approve', 'refuse']),
  reason: z.string(),
  by: z.union([KeyId, z.literal('deadline')]).describe('The key that decided, or `deadline` when nobody did in time.'),
  at: Timestamp,
});
export type ReviewDecision = z.infer<typeof ReviewDecision>;

export const Review = z
  .strictObject({
    targets: z.array(ProfileId).describe('What is to be decided on: these wait, the others have their verdicts.'),
    dueAt: Timestamp.describe('When it is refused because nobody has decided.'),
    decided: ReviewDecision.optional(),
  })
  .describe('The review of a job whose gate left a decision to a person.');
export type Review = z.infer<typeof Review>;

export const ReviewFile = z.strictObject({
  name: z.string().describe('model, lod1, …; report, report-page; or the name of a picture in the report.'),
  kind: z.enum(['model', 'lod', 'report', 'picture']),
  contentType: z.string(),
  sizeBytes: z.int(),
  sha256: Sha256,
  url: z.url().describe('Signed GET URL; ask again when it has expired.'),
});
export type ReviewFile = z.infer<typeof ReviewFile>;

export const ReviewCase = z
  .strictObject({
    jobId: z.string(),
    review: Review,
    targets: z.array(
      z.strictObject({
        target: ProfileId,
        reasons: z.array(z.string()).describe('What a person has to judge.'),
        files: z.array(ReviewFile),
      }),
    ),
    urlExpiresAt: Timestamp,
  })
  .describe('What a reviewer has to see: the files as they would be delivered, and the evidence of the gate.');
export type ReviewCase = z.infer<typeof ReviewCase>;
