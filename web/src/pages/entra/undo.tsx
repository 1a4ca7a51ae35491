export function EntraUndo() {
  return null;
}
