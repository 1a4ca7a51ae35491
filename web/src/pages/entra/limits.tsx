export function EntraLimits() {
  return null;
}
