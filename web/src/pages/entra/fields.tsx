export const EntraFields = () => null;
