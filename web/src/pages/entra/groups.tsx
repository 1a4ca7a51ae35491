export const EntraGroups = () => null;
