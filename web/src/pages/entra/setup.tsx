export const EntraSetup = () => null;
