export const EntraRun = () => null;
