export const ConnectLink = () => null;
