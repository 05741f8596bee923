import { z } from 'zod';
import { yesOrNo } from './backup-settings.ts';
import { canonicalSchedule, checkTimezone } from './cron.ts';
import { toMemportError } from './errors.ts';

/** A text, or null; as text from outside the empty one and `null` are null. */
const optional = <T extends z.ZodType<string>>(text: T) =>
  z.preprocess(value => (value === '' || value === 'null' ? null : value), text.nullable());

/** What a check by a function says is its message. */
const checkedBy = (check: (text: string) => string) =>
  z.string().transform((text, context) => {
    try {
      return check(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: toMemportError(error).message });
      return z.NEVER;
    }
  });

const webAddress = z.string().refine(text => {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.password === '';
}, 'it is an address that begins with https:// or http://');

/** The settings of automatic backups: see SETTINGS in config.ts. The names are those of the mission document. */
export const SCHEDULE_SETTINGS = {
  enable_auto_backup: {
    schema: yesOrNo,
    fallback: false,
    about: 'whether backups are made by themselves, on the schedule',
  },
  backup_schedule: {
    schema: checkedBy(canonicalSchedule),
    fallback: '0 2 * * *',
    about: 'when: five fields of cron, or hourly, daily, weekly, monthly',
  },
  backup_timezone: {
    schema: optional(checkedBy(checkTimezone)),
    fallback: null,
    about: "the schedule's time zone, such as Europe/Berlin; null: the machine's",
  },
  backup_notify: {
    schema: z.enum(['failure', 'completion', 'always', 'none']),
    fallback: 'failure',
    about: 'of which automatic backups anything is told',
  },
  backup_notify_desktop: {
    schema: yesOrNo,
    fallback: true,
    about: "whether the desktop's notifications tell it",
  },
  backup_notify_command: {
    schema: optional(z.string().max(4096)),
    fallback: null,
    about: 'a command line that gets it as JSON on its standard input',
    local: true,
  },
  backup_notify_webhook: {
    schema: optional(webAddress),
    fallback: null,
    about: 'an address to which it is sent by POST as JSON; kept secret',
    hidden: true,
    secret: true,
    local: true,
  },
  enable_cloud_sync: {
    schema: z.union([z.literal(false), z.enum(['false', 'no', 'off']).transform(() => false as const)], {
      error: 'there is no sync yet; put backup_destination into a synced folder instead',
    }),
    fallback: false,
    about: 'kept for a later version',
  },
  cloud_provider: {
    schema: optional(z.string().max(100)),
    fallback: null,
    about: 'kept for a later version',
  },
  cloud_encrypt: { schema: yesOrNo, fallback: true, about: 'kept for a later version' },
} as const;
