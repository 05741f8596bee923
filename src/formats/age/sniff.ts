const INTRO = Buffer.from('age-encryption.org/v1\n');
export const ARMOR_BEGIN = '-----BEGIN AGE ENCRYPTED FILE-----';

/** Whether a file that begins so is encrypted with age, armored or not. */
export function isEncrypted(head: Buffer): boolean {
  return head.subarray(0, INTRO.length).equals(INTRO) || isArmored(head);
}

/** Whether it is armored: text instead of bytes. */
export function isArmored(head: Buffer): boolean {
  return head.toString('latin1').trimStart().startsWith(ARMOR_BEGIN);
}
