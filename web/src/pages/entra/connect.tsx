export const EntraConnect = () => null;
