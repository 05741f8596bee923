/** What a look at one part of memport came to. */
export interface Finding {
  readonly area: 'store' | 'settings' | 'permissions' | 'disk' | 'schedule' | 'backups' | 'files';
  /** `damage`: something that was kept is not as it was. */
  readonly level: 'ok' | 'warning' | 'error' | 'damage';
  readonly message: string;
  /** The next command, or null. */
  readonly hint: string | null;
  /** Mends it; only for what is safe to mend. */
  readonly fix?: () => Promise<void>;
}

export function fine(area: Finding['area'], message: string): Finding {
  return { area, level: 'ok', message, hint: null };
}

export function warning(area: Finding['area'], message: string, hint: string | null = null): Finding {
  return { area, level: 'warning', message, hint };
}
