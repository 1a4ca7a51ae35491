// One mailbox and nothing else: a comma or a quotation mark could make one address into two on its way (T18).

const localMax = 64;
const addressMax = 254;

export function isSingleMailbox(address: string): boolean {
  if (address.length > addressMax) return false;
  const match =
    /^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+)@((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]{0,61}[\p{L}\p{N}])$/u.exec(
      address,
    );
  const local = match?.[1] ?? '';
  return (
    local !== '' && local.length <= localMax && !local.startsWith('.') && !local.endsWith('.') && !local.includes('..')
  );
}
