export const EntraUsers = () => null;
