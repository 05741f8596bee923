import { z } from 'zod';

/** A whole number, also as text. */
const count = (least: number) =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\d{1,6}$/, 'it is a whole number')
        .transform(Number),
    ])
    .pipe(z.number().int().min(least).max(100_000));

export const yesOrNo = z.union([
  z.boolean(),
  z.enum(['true', 'false', 'yes', 'no', 'on', 'off']).transform(text => ['true', 'yes', 'on'].includes(text)),
]);

/** Recipients as a list, or as text with commas or spaces in between. */
const recipients = z.preprocess(
  value => (typeof value === 'string' ? value.split(/[\s,]+/).filter(part => part !== '') : value),
  z.array(z.string().regex(/^age1[a-z0-9]+$/, 'a recipient begins with age1; memport key show prints yours')),
);

/** The settings of backups: see SETTINGS in config.ts. */
export const BACKUP_SETTINGS = {
  backup_destination: {
    schema: z.string().min(1).max(4096),
    fallback: 'backups',
    about: 'the folder of backups; a relative one is below the home folder',
    local: true,
  },
  backup_retention_count: {
    schema: count(1),
    fallback: 7,
    about: 'how many of the newest verified backups a cleanup keeps',
  },
  backup_keep_daily: {
    schema: count(0),
    fallback: 0,
    about: 'of how many days the newest backup is kept besides',
  },
  backup_keep_weekly: {
    schema: count(0),
    fallback: 0,
    about: 'of how many weeks the newest backup is kept besides',
  },
  backup_keep_monthly: {
    schema: count(0),
    fallback: 0,
    about: 'of how many months the newest backup is kept besides',
  },
  backup_format: {
    schema: z.enum(['archive', 'json', 'markdown']),
    fallback: 'archive',
    about: 'what a backup is: archive (everything), json or markdown',
  },
  backup_encrypt: {
    schema: yesOrNo,
    fallback: false,
    about: 'whether backups are encrypted with age',
  },
  backup_recipients: {
    schema: recipients,
    fallback: [] as readonly string[],
    about: "whose keys open encrypted backups (age1…, with commas); without, the home's own",
    local: true,
  },
} as const;
