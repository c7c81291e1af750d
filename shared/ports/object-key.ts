/**
 * The key itself when it may name an object: segments of letters, digits, `_`, `.` and `-`, separated by single slashes,
 * none of them only dots. Such a key is a path that cannot leave its folder, and needs no escape in a URL.
 *
 * @throws TypeError for any other text
 */
export function checkedKey(key: string): string {
  if (!/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/.test(key) || key.split('/').some((part) => /^\.+$/.test(part))) {
    throw new TypeError(`not an object key: ${key}`);
  }
  return key;
}
