export const EntraOverview = () => null;
