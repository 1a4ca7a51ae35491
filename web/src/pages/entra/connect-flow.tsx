export const ConnectFlow = () => null;
