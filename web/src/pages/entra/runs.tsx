export const EntraRuns = () => null;
